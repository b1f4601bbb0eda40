using System.Collections.Immutable;

namespace Zoneway.SniRouter.Clusters;

/// <summary>A cluster at one moment: its configuration, its endpoints, and an <see cref="EndpointSet"/> for every subset. Immutable; a pick reads nothing else.</summary>
public sealed class ClusterSnapshot
{
    // A subset whose endpoints may not be picked now is null: it is there all the same, so that no fallback leads away from it.
    private readonly Dictionary<EndpointMetadata, EndpointSet?>? _subsets;
    private readonly EndpointSet? _all;
    private readonly EndpointSet? _defaultSubset;

    internal ClusterSnapshot(ClusterConfig config, LoadAssignment assignment, ImmutableArray<UpstreamEndpoint> endpoints, uint start)
    {
        Config = config;
        Assignment = assignment;
        Endpoints = endpoints;
        _all = EndpointSet.Create(endpoints, config, assignment, start);
        if (config.Subsets is { Selectors: { Length: > 0 } selectors })
        {
            _subsets = [];
            foreach (var selector in selectors)
            {
                AddSubsets(_subsets, selector.Keys, start);
            }
        }
        else
        {
            // Here, not on the way of a connection. The tables of subsets, of which there may be many, wait for the first who asks.
            _all?.Prepare();
        }

        _defaultSubset = config.Subsets is { UsesDefaultSubset: true, DefaultSubset: var wanted }
            ? EndpointSet.Create([.. endpoints.Where(endpoint => wanted.Equals(endpoint.Config.Metadata.Restrict([.. wanted.Keys])))], config, assignment, start)
            : null;
    }

    /// <summary>The cluster's configuration.</summary>
    public ClusterConfig Config { get; }

    /// <summary>The assignment that the endpoints come from.</summary>
    public LoadAssignment Assignment { get; }

    /// <summary>Every endpoint.</summary>
    public ImmutableArray<UpstreamEndpoint> Endpoints { get; }

    /// <summary>The endpoints for a route; null when it may use none.</summary>
    /// <param name="metadataMatch">The subset that the route asks for; empty asks for none.</param>
    /// <remarks>Envoy's rules (LbSubsetConfig): the keys must be those of a selector; else the cluster's fallback decides.</remarks>
    public EndpointSet? Select(EndpointMetadata metadataMatch)
    {
        if (Config.Subsets is not { Selectors.Length: > 0 } subsets)
        {
            return _all;
        }

        if (metadataMatch.Count == 0)
        {
            return Fallback(subsets.Fallback);
        }

        return _subsets!.TryGetValue(metadataMatch, out var subset) ? subset : SelectFallback(subsets, metadataMatch);
    }

    private EndpointSet? SelectFallback(SubsetConfig subsets, EndpointMetadata metadataMatch)
    {
        // Each step goes to a smaller key set, so this ends.
        for (var wanted = metadataMatch; FindSelector(subsets, wanted) is { } selector;)
        {
            if (selector.Fallback != SubsetFallback.KeysSubset)
            {
                return Fallback(selector.Fallback ?? subsets.Fallback);
            }

            var fewer = selector.FallbackKeys.Length < wanted.Count ? wanted.Restrict(selector.FallbackKeys) : null;
            if (fewer is null)
            {
                return null;
            }

            if (_subsets!.TryGetValue(fewer, out var subset))
            {
                return subset;
            }

            wanted = fewer;
        }

        return Fallback(subsets.Fallback);
    }

    private EndpointSet? Fallback(SubsetFallback fallback) => fallback switch
    {
        SubsetFallback.AnyEndpoint => _all,
        SubsetFallback.DefaultSubset => _defaultSubset,
        _ => null,
    };

    private static SubsetSelector? FindSelector(SubsetConfig subsets, EndpointMetadata metadataMatch)
    {
        foreach (var selector in subsets.Selectors)
        {
            if (selector.Keys.Length == metadataMatch.Count && metadataMatch.Keys.SequenceEqual(selector.Keys))
            {
                return selector;
            }
        }

        return null;
    }

    private void AddSubsets(Dictionary<EndpointMetadata, EndpointSet?> subsets, ImmutableArray<string> keys, uint start)
    {
        var groups = Endpoints.Select(endpoint => (Values: endpoint.Config.Metadata.Restrict(keys), Endpoint: endpoint))
            .Where(pair => pair.Values is not null)
            .GroupBy(pair => pair.Values!, pair => pair.Endpoint);
        foreach (var group in groups)
        {
            subsets[group.Key] = EndpointSet.Create([.. group], Config, Assignment, start);
        }
    }
}
