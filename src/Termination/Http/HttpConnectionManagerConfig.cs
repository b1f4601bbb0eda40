using System.Collections.Immutable;
using Zoneway.SniRouter.AccessLogs;

namespace Zoneway.Termination.Http;

/// <summary>How the HTTP of a chain is served (HttpConnectionManager, protocol §5.5). Default values are Envoy's; <see cref="Timeout.InfiniteTimeSpan"/> stands for no limit.</summary>
public sealed record HttpConnectionManagerConfig
{
    /// <summary>The prefix of this chain's statistics.</summary>
    public string StatPrefix { get; init; } = "";

    /// <summary>Which HTTP is spoken.</summary>
    public HttpCodec Codec { get; init; }

    /// <summary>What a request passes before it is routed, in this order. The router itself is not among them.</summary>
    public ImmutableArray<HttpFilterConfig> Filters { get; init; } = [];

    /// <summary>Where requests go.</summary>
    public required RouteTableConfig Routes { get; init; }

    /// <summary>Longest time that a connection may be without a request. Default 1 h.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Longest time that a connection may last; it then ends in order. Default no limit.</summary>
    public TimeSpan MaxConnectionDuration { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Longest time that a request with its answer may take. Default no limit.</summary>
    public TimeSpan MaxStreamDuration { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Longest time without a byte of a request or its answer, where the route names none. Default 5 min.</summary>
    public TimeSpan StreamIdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time from the first byte of a request to the end of its headers, over HTTP/1.1. Default no limit but the program's.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Longest time until a request is there with its body. Default no limit.</summary>
    public TimeSpan RequestTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Most bytes of a request's headers, names and values. Default 60 KiB.</summary>
    public int MaxRequestHeadersBytes { get; init; } = 60 * 1024;

    /// <summary>Most headers of a request. Default 100.</summary>
    public uint MaxHeadersCount { get; init; } = 100;

    /// <summary>Most requests of a connection, which then ends in order; 0 for any number.</summary>
    public uint MaxRequestsPerConnection { get; init; }

    /// <summary>What becomes of the paths of requests before anything looks at them.</summary>
    public PathNormalizationConfig Paths { get; init; } = PathNormalizationConfig.None;

    /// <summary>Logs of requests.</summary>
    public ImmutableArray<AccessLogConfig> AccessLogs { get; init; } = [];

    /// <summary>Names of all clusters that a route leads to.</summary>
    public ImmutableArray<string> ClusterNames => Routes.ClusterNames;
}

/// <summary>Which HTTP a connection speaks (HttpConnectionManager.CodecType).</summary>
public enum HttpCodec
{
    /// <summary>ALPN decides, or the HTTP/2 preface.</summary>
    Auto,

    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2.</summary>
    Http2,
}

/// <summary>Something that a request passes on its way to the router: access control, faults, rate limits.</summary>
/// <param name="Name">The filter's own name, by which routes address it.</param>
public abstract record HttpFilterConfig(string Name);
