using System.Collections.Immutable;
using System.Net;
using Zoneway.SniRouter.Clusters.Dns;

namespace Zoneway.SniRouter.Clusters;

/// <summary>A named group of endpoints and how one of them is chosen (envoy.config.cluster.v3.Cluster).</summary>
public sealed record ClusterConfig
{
    /// <summary>Time a connect attempt may take when the cluster names none, as in Envoy: 5 s.</summary>
    public static readonly TimeSpan DefaultConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Where the endpoints come from.</summary>
    public ClusterDiscovery Discovery { get; init; } = ClusterDiscovery.Eds;

    /// <summary>Name to ask EDS for; empty means <see cref="Name"/>.</summary>
    public string EdsServiceName { get; init; } = "";

    /// <summary>Longest time one connect attempt may take. Must be positive. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = DefaultConnectTimeout;

    /// <summary>How endpoints of a level take turns.</summary>
    public LoadBalancerPolicy Policy { get; init; } = LoadBalancerPolicy.RoundRobin;

    /// <summary>How endpoints are found from a hash; null where <see cref="Policy"/> says all.</summary>
    public ConsistentHashConfig? ConsistentHash { get; init; }

    /// <summary>Subset selection, or null when every route uses all endpoints.</summary>
    public SubsetConfig? Subsets { get; init; }

    /// <summary>Whether the weights of localities count (common_lb_config.locality_weighted_lb_config).</summary>
    public bool LocalityWeighted { get; init; }

    /// <summary>Percent of healthy endpoints below which a level uses all of them. 0 switches panic off. Default 50, as in Envoy.</summary>
    public double HealthyPanicThreshold { get; init; } = 50;

    /// <summary>How much of it may be in use at a time.</summary>
    public CircuitBreakerConfig CircuitBreakers { get; init; } = CircuitBreakerConfig.Default;

    /// <summary>How endpoints are asked whether they are well. Only the first counts, for Envoy takes no more than one.</summary>
    public ImmutableArray<HealthCheckConfig> HealthChecks { get; init; } = [];

    /// <summary>When endpoints are left out for a while; null for never.</summary>
    public OutlierDetectionConfig? OutlierDetection { get; init; }

    /// <summary>How its endpoints are spoken to, where that is not in plain text: of several, the first that fits an endpoint counts.</summary>
    public ImmutableArray<TransportSocketMatch> TransportSockets { get; init; } = [];

    /// <summary>How HTTP is spoken with its endpoints.</summary>
    public HttpProtocolConfig Http { get; init; } = HttpProtocolConfig.Default;

    /// <summary>How the names among its endpoints are resolved; counts for STRICT_DNS and LOGICAL_DNS.</summary>
    public DnsConfig Dns { get; init; } = DnsConfig.Default;

    /// <summary>Endpoints given with the cluster itself; null for EDS clusters.</summary>
    public LoadAssignment? InlineAssignment { get; init; }

    /// <summary>The name that EDS knows this cluster by.</summary>
    public string AssignmentName => EdsServiceName.Length == 0 ? Name : EdsServiceName;

    /// <summary>Whether its endpoints are what names resolve to, some of them at least.</summary>
    internal bool ResolvesNames => Discovery is ClusterDiscovery.StrictDns or ClusterDiscovery.LogicalDns
        && InlineAssignment is { } assignment && assignment.Localities.Any(static locality => locality.Endpoints.Any(static endpoint => endpoint.Address is DnsEndPoint));
}

/// <summary>A way to speak to endpoints, and to which of them (Cluster.TransportSocketMatch).</summary>
/// <param name="Name">Its name, for logs.</param>
/// <param name="Match">What an endpoint must have in its metadata for it (<see cref="EndpointConfig.TransportSocketMatch"/>); empty fits all.</param>
/// <param name="Tls">The TLS to speak; null for plain text.</param>
public sealed record TransportSocketMatch(string Name, EndpointMetadata Match, MutualTls.UpstreamTlsConfig? Tls);

/// <summary>How HTTP is spoken with endpoints (HttpProtocolOptions). <see cref="Timeout.InfiniteTimeSpan"/> stands for no limit.</summary>
public sealed record HttpProtocolConfig
{
    /// <summary>HTTP/1.1 with Envoy's limits.</summary>
    public static HttpProtocolConfig Default { get; } = new();

    /// <summary>Which HTTP.</summary>
    public UpstreamHttpVersion Version { get; init; }

    /// <summary>Longest time that a connection of the pool may be without a request. Default 1 h.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Longest time that a connection is used. Default no limit.</summary>
    public TimeSpan MaxConnectionDuration { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Longest time that a request with its answer may take. Default no limit.</summary>
    public TimeSpan MaxStreamDuration { get; init; } = Timeout.InfiniteTimeSpan;
}

/// <summary>Which HTTP is spoken with endpoints.</summary>
public enum UpstreamHttpVersion
{
    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2: by ALPN over TLS, else by prior knowledge.</summary>
    Http2,

    /// <summary>What ALPN settles on over TLS, else HTTP/1.1 (auto_config).</summary>
    Auto,

    /// <summary>What the client speaks (use_downstream_protocol_config).</summary>
    Downstream,
}

/// <summary>Where a cluster's endpoints come from (Cluster.DiscoveryType).</summary>
public enum ClusterDiscovery
{
    /// <summary>Fixed addresses inside the cluster.</summary>
    Static,

    /// <summary>A ClusterLoadAssignment of its own.</summary>
    Eds,

    /// <summary>Names inside the cluster, every resolved address an endpoint.</summary>
    StrictDns,

    /// <summary>One name inside the cluster, one resolved address at a time.</summary>
    LogicalDns,
}

/// <summary>How endpoints take turns (Cluster.LbPolicy).</summary>
public enum LoadBalancerPolicy
{
    /// <summary>Weighted round robin, exact over each full cycle.</summary>
    RoundRobin,

    /// <summary>The one with fewer active connections of two picked at random.</summary>
    LeastRequest,

    /// <summary>At random.</summary>
    Random,
}

/// <summary>Which subsets of a cluster exist and what happens to a request for one that is empty (Cluster.LbSubsetConfig).</summary>
public sealed record SubsetConfig
{
    /// <summary>Largest number of selectors a cluster may have; every selector costs one index of all endpoints.</summary>
    public const int MaxSelectors = 256;

    /// <summary>The key sets that form subsets. At most <see cref="MaxSelectors"/>.</summary>
    public ImmutableArray<SubsetSelector> Selectors { get; init; } = [];

    /// <summary>For routes whose keys equal no selector's key set, and for selectors that define no fallback.</summary>
    public SubsetFallback Fallback { get; init; } = SubsetFallback.NoFallback;

    /// <summary>The subset that <see cref="SubsetFallback.DefaultSubset"/> means.</summary>
    public EndpointMetadata DefaultSubset { get; init; } = EndpointMetadata.Empty;

    internal bool UsesDefaultSubset =>
        Fallback == SubsetFallback.DefaultSubset || Selectors.Any(selector => selector.Fallback == SubsetFallback.DefaultSubset);
}

/// <summary>One key set; every combination of values that endpoints have for it is a subset.</summary>
public sealed record SubsetSelector
{
    /// <summary>The keys in ordinal order, without repetition.</summary>
    public required ImmutableArray<string> Keys { get; init; }

    /// <summary>For a request whose values no endpoint has; null defers to the cluster's fallback.</summary>
    public SubsetFallback? Fallback { get; init; }

    /// <summary>The smaller key set that <see cref="SubsetFallback.KeysSubset"/> tries.</summary>
    public ImmutableArray<string> FallbackKeys { get; init; } = [];
}

/// <summary>What a request for an empty or unknown subset gets (LbSubsetFallbackPolicy).</summary>
public enum SubsetFallback
{
    /// <summary>No endpoint.</summary>
    NoFallback,

    /// <summary>Any endpoint of the cluster.</summary>
    AnyEndpoint,

    /// <summary>An endpoint of <see cref="SubsetConfig.DefaultSubset"/>.</summary>
    DefaultSubset,

    /// <summary>The subset of fewer keys, with that selector's own fallback. Only for selectors.</summary>
    KeysSubset,
}
