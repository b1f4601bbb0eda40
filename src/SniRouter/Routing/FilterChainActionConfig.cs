using System.Collections.Immutable;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.SniRouter.Routing;

/// <summary>What a filter chain does with a connection. Programs above may derive actions of their own, which they then serve themselves.</summary>
public abstract record FilterChainActionConfig
{
    /// <summary>How bytes are copied to an endpoint; null when the chain does something else with them.</summary>
    public virtual TcpProxyConfig? Proxy => null;

    /// <summary>How many connections the chain takes in a time; null for no limit. Who serves an action of its own asks <see cref="FilterChain.RateLimit"/>.</summary>
    public LocalRateLimitConfig? RateLimit { get; init; }

    /// <summary>Whether who serves it reads the socket itself, so that no transport has to be put in between (<see cref="Proxying.IHandedOverFeature"/>).</summary>
    public virtual bool TakesSocket => false;

    /// <summary>Names of the clusters that its connections may go to. The chain waits for them to be there, and keeps them.</summary>
    public virtual IEnumerable<string> ClusterNames => Proxy is { } proxy ? proxy.Clusters.Select(static cluster => cluster.Cluster) : [];
}

/// <summary>Copies the stream, still encrypted, to an endpoint (envoy.filters.network.tcp_proxy).</summary>
public sealed record TcpProxyConfig : FilterChainActionConfig
{
    /// <summary>Time without a byte in either direction after which a connection ends, when the chain names none, as in Envoy: 1 h.</summary>
    public static readonly TimeSpan DefaultIdleTimeout = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public override TcpProxyConfig Proxy => this;

    /// <summary>The clusters to choose from; one entry where the chain names a single cluster. Never empty.</summary>
    public required ImmutableArray<WeightedCluster> Clusters { get; init; }

    /// <summary>Longest time without a byte in either direction. Default 1 h; <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    public TimeSpan IdleTimeout { get; init; } = DefaultIdleTimeout;

    /// <summary>Connect attempts per connection, each on another endpoint; 0 takes <see cref="SniRouterOptions.ConnectAttempts"/>.</summary>
    public uint MaxConnectAttempts { get; init; }

    /// <summary>Whether clusters that choose endpoints by hash get one of the client's address (hash_policy). Else they get none.</summary>
    public bool HashesSourceAddress { get; init; }

    /// <summary>The prefix of this chain's statistics.</summary>
    public string StatPrefix { get; init; } = "";

    /// <summary>Longest time from accept that a connection may last (max_downstream_connection_duration). Default: no limit.</summary>
    public TimeSpan MaxDuration { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Logs of the chain's connections.</summary>
    public ImmutableArray<AccessLogConfig> AccessLogs { get; init; } = [];

    /// <summary>Whether the logs get a line when an endpoint has taken the connection, besides that at its end (flush_access_log_on_connected).</summary>
    public bool LogsOnConnected { get; init; }
}

/// <summary>One cluster of a chain.</summary>
/// <param name="Cluster">Name of the cluster.</param>
/// <param name="Weight">Share of the connections; at least 1.</param>
/// <param name="MetadataMatch">The subset asked for; empty asks for none.</param>
public sealed record WeightedCluster(string Cluster, uint Weight, EndpointMetadata MetadataMatch);

/// <summary>Sends fixed bytes and closes (envoy.filters.network.direct_response).</summary>
/// <param name="Body">The bytes.</param>
public sealed record DirectResponseConfig(ReadOnlyMemory<byte> Body) : FilterChainActionConfig;

/// <summary>
/// Refuses: the chain could not be understood and must not be replaced by a less specific one. Its connections end with
/// <see cref="Telemetry.ConnectionOutcome.FilterChainQuarantined"/>.
/// </summary>
/// <param name="Reason">Why, for logs and diagnostics.</param>
public sealed record QuarantinedConfig(string Reason) : FilterChainActionConfig;
