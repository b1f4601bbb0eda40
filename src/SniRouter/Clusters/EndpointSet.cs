using System.Collections.Immutable;

namespace Zoneway.SniRouter.Clusters;

/// <summary>
/// The endpoints that a route may use, all of a cluster or one subset, arranged for picking: priority, then locality where weights count, then endpoint.
/// Immutable but for the counters of its cycles; picks allocate nothing.
/// </summary>
public sealed class EndpointSet
{
    private readonly PriorityLevel[] _levels;
    private readonly WeightedCycle _levelCycle;
    private readonly bool _isHashed;

    private EndpointSet(PriorityLevel[] levels, WeightedCycle levelCycle, ImmutableArray<UpstreamEndpoint> endpoints)
    {
        _levels = levels;
        _levelCycle = levelCycle;
        _isHashed = Array.Exists(levels, static level => level.Hashed is not null);
        Endpoints = endpoints;
        Count = levels.Length == 0 ? endpoints.Length : levels.Sum(static level => level.Count);
    }

    /// <summary>Every endpoint of the set, healthy or not.</summary>
    public ImmutableArray<UpstreamEndpoint> Endpoints { get; }

    /// <summary>How many of them may be picked.</summary>
    public int Count { get; }

    /// <summary>Arranges endpoints; null when there are none that could ever be picked.</summary>
    /// <param name="all">The endpoints in any order.</param>
    /// <param name="config">The cluster they belong to.</param>
    /// <param name="assignment">Carries locality weights and the overprovisioning factor.</param>
    /// <param name="start">Where the cycles begin; any number.</param>
    internal static EndpointSet? Create(ImmutableArray<UpstreamEndpoint> all, ClusterConfig config, LoadAssignment assignment, uint start)
    {
        if (all is [{ Health: EndpointHealth.Healthy }] && !config.LocalityWeighted)
        {
            return new EndpointSet([], WeightedCycle.Single, all);
        }

        var groups = all.GroupBy(endpoint => endpoint.Priority).OrderBy(group => group.Key).Select(group => group.ToArray()).ToArray();
        var loads = PriorityLoad.Compute(groups, assignment.OverprovisioningFactor, config.HealthyPanicThreshold);
        var levels = new PriorityLevel[groups.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            levels[i] = PriorityLevel.Create(groups[i], loads[i], config, assignment, start);
        }

        var shares = Array.ConvertAll(levels, level => level.Share);
        return shares.Sum(share => (long)share) == 0 ? null : new EndpointSet(levels, WeightedCycle.Of(shares, start), all);
    }

    /// <summary>Makes the tables that hashes are looked up in, where there are any, rather than have the first pick do so.</summary>
    internal void Prepare()
    {
        foreach (var level in _levels)
        {
            level.Hashed?.Prepare();
        }
    }

    /// <summary>Picks the next endpoint that is not among those already tried; null when all were.</summary>
    /// <param name="tried">Endpoints to leave out; a handful at most.</param>
    /// <param name="hash">What the endpoint is chosen by where the cluster chooses by hash; null is a hash at random.</param>
    public UpstreamEndpoint? Pick(ReadOnlySpan<UpstreamEndpoint?> tried, ulong? hash = null)
    {
        if (_levels.Length == 0)
        {
            // A single endpoint, as many clusters have, needs nothing to choose by.
            return tried.IsEmpty ? Endpoints[0] : null;
        }

        var place = _isHashed ? hash ?? (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) : 0;
        var endpoint = Pick(_levels[_isHashed ? _levelCycle.ForHash(place) : _levelCycle.Next()], place, tried);
        if (endpoint is not null)
        {
            return endpoint;
        }

        // All of the chosen level were tried: take what is left, first levels first.
        foreach (var level in _levels)
        {
            endpoint = Pick(level, place, tried);
            if (endpoint is not null)
            {
                return endpoint;
            }
        }

        return null;
    }

    private static UpstreamEndpoint? Pick(PriorityLevel level, ulong hash, ReadOnlySpan<UpstreamEndpoint?> tried) =>
        level.Hashed is { } hashed ? hashed.Pick(hash, tried) : level.Pick(tried);
}
