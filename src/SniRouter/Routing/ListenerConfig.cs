using System.Collections.Immutable;
using System.Net;
using Zoneway.SniRouter.AccessLogs;

namespace Zoneway.SniRouter.Routing;

/// <summary>An address to accept on and what to do with what arrives (envoy.config.listener.v3.Listener).</summary>
public sealed record ListenerConfig
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Address and port to bind. Port 0 lets the system choose.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>The filter chains; at most one of them fits a connection. Order has no meaning.</summary>
    public ImmutableArray<FilterChainConfig> FilterChains { get; init; } = [];

    /// <summary>Used when no chain matches; null closes such connections.</summary>
    public FilterChainConfig? DefaultFilterChain { get; init; }

    /// <summary>Logs of every connection that the listener has accepted, whatever becomes of it.</summary>
    public ImmutableArray<AccessLogConfig> AccessLogs { get; init; } = [];
}

/// <summary>What is chosen, by what (envoy.config.listener.v3.FilterChain).</summary>
public sealed record FilterChainConfig
{
    /// <summary>Name for logs; the control plane's, or made from the match.</summary>
    public required string Name { get; init; }

    /// <summary>What a connection must show to get this chain.</summary>
    public FilterChainMatch Match { get; init; } = FilterChainMatch.Any;

    /// <summary>What happens to it then.</summary>
    public required FilterChainActionConfig Action { get; init; }
}

/// <summary>The conditions of a filter chain (FilterChainMatch). All that are given must hold.</summary>
public sealed record FilterChainMatch
{
    /// <summary>No condition.</summary>
    public static FilterChainMatch Any { get; } = new();

    /// <summary>Exact server names, or <c>*.suffix</c>. Compared in lower case as bytes. Empty: any name, or none.</summary>
    public ImmutableArray<string> ServerNames { get; init; } = [];

    /// <summary>What the first bytes look like.</summary>
    public TransportProtocol TransportProtocol { get; init; }

    /// <summary>ALPN names of which the client must offer one. Empty: any.</summary>
    public ImmutableArray<string> ApplicationProtocols { get; init; } = [];

    /// <summary>Whether another match is fulfilled by the very same connections, as far as its text tells.</summary>
    public bool HasSameConditions(FilterChainMatch other) =>
        TransportProtocol == other.TransportProtocol && ServerNames.SequenceEqual(other.ServerNames) && ApplicationProtocols.SequenceEqual(other.ApplicationProtocols);
}

/// <summary>What a connection speaks, as far as its first bytes tell (FilterChainMatch.transport_protocol).</summary>
public enum TransportProtocol
{
    /// <summary>No condition.</summary>
    Any,

    /// <summary>It begins with a ClientHello (<c>tls</c>).</summary>
    Tls,

    /// <summary>It begins with something else (<c>raw_buffer</c>).</summary>
    RawBuffer,
}
