using System.Text.Json.Serialization;

namespace Zoneway.Xds.Validation;

/// <summary>What the proxy makes of a configuration. The property names are those of the JSON report.</summary>
public sealed record ValidationReport
{
    /// <summary>The file it is of; null when it is the only one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? File { get; init; }

    /// <summary>The listeners, in the order of the configuration.</summary>
    public required IReadOnlyList<ListenerReport> Listeners { get; init; }

    /// <summary>The clusters, in the order of the configuration.</summary>
    public required IReadOnlyList<ClusterReport> Clusters { get; init; }

    /// <summary>Everything that would be answered with a NACK; empty when all is good.</summary>
    public required IReadOnlyList<RejectedReport> Rejected { get; init; }

    /// <summary>What was passed over and belongs to no listener or cluster above.</summary>
    public required IReadOnlyList<IgnoredReport> Ignored { get; init; }
}

/// <summary>A listener.</summary>
public sealed record ListenerReport
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>IP address that it binds, or the path of a pipe; empty when there is none.</summary>
    public required string Address { get; init; }

    /// <summary>Port that it binds.</summary>
    public required uint Port { get; init; }

    /// <summary>Its chains, the default one last.</summary>
    public required IReadOnlyList<FilterChainReport> FilterChains { get; init; }

    /// <summary>Settings in force of the listener itself.</summary>
    public required IReadOnlyList<string> Enforced { get; init; }

    /// <summary>Settings without effect of the listener itself.</summary>
    public required IReadOnlyList<IgnoredReport> Ignored { get; init; }
}

/// <summary>A filter chain.</summary>
public sealed record FilterChainReport
{
    /// <summary>Where it is in its listener, as <see cref="RejectedReport.Field"/> names it: <c>filter_chains[3]</c>.</summary>
    [JsonIgnore]
    public string Path { get; init; } = "";

    /// <summary>Its name; empty when it has none.</summary>
    public required string Name { get; init; }

    /// <summary>Server names (SNI) that lead to it; empty when any does, or none.</summary>
    public required IReadOnlyList<string> ServerNames { get; init; }

    /// <summary><c>tls</c>, <c>raw_buffer</c>, or empty for any.</summary>
    public required string TransportProtocol { get; init; }

    /// <summary><c>tcpProxy</c>, <c>http</c>, <c>directResponse</c>; null when its last filter is none of them.</summary>
    public required string? Action { get; init; }

    /// <summary>The cluster; null when there is none, or several by weight.</summary>
    public string? Cluster { get; init; }

    /// <summary>The clusters by weight; empty when there is a single one.</summary>
    public required IReadOnlyList<WeightedClusterReport> WeightedClusters { get; init; }

    /// <summary>The clusters that the routes of an HTTP chain name, each once; empty for other chains.</summary>
    public IReadOnlyList<string> RouteClusters { get; init; } = [];

    /// <summary>Metadata that endpoints must have.</summary>
    public required IReadOnlyDictionary<string, string> MetadataMatch { get; init; }

    /// <summary>Whether TLS ends at this chain, instead of being passed through.</summary>
    public required bool TerminatesTls { get; init; }

    /// <summary>Settings in force.</summary>
    public required IReadOnlyList<string> Enforced { get; init; }

    /// <summary>Settings without effect.</summary>
    public required IReadOnlyList<IgnoredReport> Ignored { get; init; }
}

/// <summary>A cluster of a weighted choice.</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="Weight">Its share.</param>
public sealed record WeightedClusterReport(string Cluster, uint Weight);

/// <summary>A cluster.</summary>
public sealed record ClusterReport
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where endpoints come from: <c>EDS</c>, <c>STATIC</c>, <c>STRICT_DNS</c> and so on.</summary>
    public required string Type { get; init; }

    /// <summary>Load balancing policy, such as <c>ROUND_ROBIN</c>.</summary>
    public required string LbPolicy { get; init; }

    /// <summary>The keys of each subset selector.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> SubsetSelectors { get; init; }

    /// <summary>Its endpoints; empty too when they come from elsewhere.</summary>
    public required IReadOnlyList<EndpointReport> Endpoints { get; init; }

    /// <summary>Settings in force.</summary>
    public required IReadOnlyList<string> Enforced { get; init; }

    /// <summary>Settings without effect.</summary>
    public required IReadOnlyList<IgnoredReport> Ignored { get; init; }
}

/// <summary>An endpoint.</summary>
public sealed record EndpointReport
{
    /// <summary>IP address, host name, or path of a pipe.</summary>
    public required string Address { get; init; }

    /// <summary>Port; 0 for a pipe.</summary>
    public required int Port { get; init; }

    /// <summary>Share among those of its level.</summary>
    public required uint Weight { get; init; }

    /// <summary>0 is used first.</summary>
    public required uint Priority { get; init; }

    /// <summary>Zone of its locality; empty when unknown.</summary>
    public required string Zone { get; init; }

    /// <summary>What subset selection compares with.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }
}

/// <summary>A setting without effect.</summary>
/// <param name="Field">Where it is.</param>
/// <param name="Why">Why it has none.</param>
public sealed record IgnoredReport(string Field, string Why);

/// <summary>Something that would be rejected.</summary>
/// <param name="Resource">Name of the resource; empty when it has none.</param>
/// <param name="Field">Path inside it; empty for the whole.</param>
/// <param name="Reason">What is wrong.</param>
public sealed record RejectedReport(string Resource, string Field, string Reason);
