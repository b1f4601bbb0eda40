using Zoneway.SniRouter.Clusters;

namespace Zoneway.SniRouter.Routing;

/// <summary>A filter chain linked to the clusters it names. Immutable but for the turn of weighted clusters and the tokens of its rate limit.</summary>
public sealed class FilterChain
{
    private readonly ClusterTarget[] _targets = [];
    private readonly WeightedCycle? _turns;

    internal FilterChain(FilterChainConfig config, Func<string, ClusterState> findCluster)
    {
        Config = config;
        RateLimit = config.Action.RateLimit is { } limit ? new LocalRateLimit(limit) : null;
        if (config.Action.Proxy is { Clusters: var clusters } proxy)
        {
            _targets = [.. clusters.Select(cluster => new ClusterTarget(findCluster(cluster.Cluster), cluster.MetadataMatch))];
            Clusters = Array.ConvertAll(_targets, static target => target.Cluster);
            _turns = clusters.Length > 1 ? new WeightedCycle([.. clusters.Select(cluster => cluster.Weight)], (uint)Random.Shared.Next()) : null;
        }
        else
        {
            Clusters = [.. config.Action.ClusterNames.Distinct(StringComparer.Ordinal).Select(findCluster)];
        }
    }

    /// <summary>What the control plane said.</summary>
    public FilterChainConfig Config { get; }

    /// <summary>Name for logs.</summary>
    public string Name => Config.Name;

    /// <summary>What it does with a connection.</summary>
    public FilterChainActionConfig Action => Config.Action;

    /// <summary>What limits the rate of its connections; null when nothing does.</summary>
    public LocalRateLimit? RateLimit { get; private set; }

    /// <summary>Every cluster that its connections may go to.</summary>
    public IReadOnlyList<ClusterState> Clusters { get; }

    /// <summary>The clusters that bytes are copied to; empty for chains that do something else.</summary>
    public IReadOnlyList<ClusterTarget> Targets => _targets;

    /// <summary>The cluster whose turn it is. Only for chains that copy bytes (<see cref="FilterChainActionConfig.Proxy"/>).</summary>
    public ClusterTarget NextTarget() => _targets[_turns?.Next() ?? 0];

    /// <summary>Takes over the state of the chain whose place it is about to take: a limit that is the same goes on as it is. Only before the chain is published.</summary>
    internal void Replace(FilterChain previous)
    {
        if (RateLimit is { } limit && previous.RateLimit is { } before)
        {
            RateLimit = limit.Config == before.Config ? before : limit.Config.StatPrefix == before.Config.StatPrefix ? before.Change(limit.Config) : limit;
        }
    }
}

/// <summary>A cluster and the subset of it that a chain asks for.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="MetadataMatch">The subset; empty asks for none.</param>
public readonly record struct ClusterTarget(ClusterState Cluster, EndpointMetadata MetadataMatch);
