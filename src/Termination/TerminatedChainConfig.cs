using System.Collections.Immutable;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination.Http;
using Zoneway.Termination.Rbac;

namespace Zoneway.Termination;

/// <summary>
/// What a filter chain does whose connections end here: TLS first, then who may come in, then bytes or HTTP. Exactly one of <see cref="Tcp"/>, <see cref="Http"/>
/// and <see cref="Response"/> is given. Protocol §5.8.
/// </summary>
public sealed record TerminatedChainConfig : FilterChainActionConfig
{
    /// <summary>How TLS is ended; null takes the stream as it is.</summary>
    public DownstreamTlsConfig? Tls { get; init; }

    /// <summary>Longest time the TLS handshake may take; null for that of the program (<see cref="SniRouter.SniRouterOptions.TlsHandshakeTimeout"/>).</summary>
    public TimeSpan? HandshakeTimeout { get; init; }

    /// <summary>Who may connect: every one of these filters must let the connection pass.</summary>
    public ImmutableArray<RbacFilterConfig> AccessControl { get; init; } = [];

    /// <summary>What filters of the chain note of a connection for those behind them (set_filter_state).</summary>
    public ImmutableArray<FilterStateConfig> FilterState { get; init; } = [];

    /// <summary>Copies the bytes inside to an endpoint.</summary>
    public TcpProxyConfig? Tcp { get; init; }

    /// <summary>Serves the HTTP inside.</summary>
    public HttpConnectionManagerConfig? Http { get; init; }

    /// <summary>Sends fixed bytes and closes.</summary>
    public DirectResponseConfig? Response { get; init; }

    /// <inheritdoc/>
    public override TcpProxyConfig? Proxy => Tcp;

    /// <inheritdoc/>
    public override bool TakesSocket => true;

    /// <inheritdoc/>
    public override IEnumerable<string> ClusterNames => Http is { } http ? http.ClusterNames : base.ClusterNames;
}

/// <summary>One value that set_filter_state notes when the connection is there.</summary>
/// <param name="Key">Its key, such as <c>kuma.mesh_timeout.match.sni</c>.</param>
/// <param name="Format">Where the value comes from.</param>
public sealed record FilterStateConfig(string Key, FilterStateSource Format);

/// <summary>The values of a connection that filter state can be made of, by the operator of Envoy that names them.</summary>
public enum FilterStateSource
{
    /// <summary>%REQUESTED_SERVER_NAME%.</summary>
    RequestedServerName,

    /// <summary>%DOWNSTREAM_PEER_URI_SAN%: the URI names of the client's certificate, joined by commas.</summary>
    DownstreamPeerUriSan,
}
