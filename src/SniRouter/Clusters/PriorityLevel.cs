using Zoneway.SniRouter.Clusters.Hashing;

namespace Zoneway.SniRouter.Clusters;

/// <summary>The endpoints of one priority that may be picked, by locality where localities have weights.</summary>
internal sealed class PriorityLevel
{
    private readonly UpstreamEndpoint[][] _localities;
    private readonly WeightedCycle[] _endpointCycles;
    private readonly WeightedCycle? _localityCycle;
    private readonly LoadBalancerPolicy _policy;

    private PriorityLevel(LoadBalancerPolicy policy, uint share, UpstreamEndpoint[][] localities, WeightedCycle[] endpointCycles, WeightedCycle? localityCycle)
    {
        _policy = policy;
        Share = share;
        _localities = localities;
        _endpointCycles = endpointCycles;
        _localityCycle = localityCycle;
    }

    /// <summary>Percent of the traffic that begins at this level.</summary>
    public uint Share { get; }

    /// <summary>Endpoints that may be picked.</summary>
    public int Count => _localities.Sum(static locality => locality.Length);

    /// <summary>How endpoints are found by hash; null where they take turns.</summary>
    public HashedEndpoints? Hashed { get; private init; }

    public static PriorityLevel Create(UpstreamEndpoint[] endpoints, PriorityLoad load, ClusterConfig config, LoadAssignment assignment, uint start)
    {
        var usable = Usable(endpoints, load);
        // As in Envoy, panic looks at endpoints only.
        var weights = config.LocalityWeighted && !load.InPanic ? LocalityWeights.Of(endpoints, usable, assignment) : null;
        var localities = weights is null
            ? usable.Length == 0 ? [] : [usable]
            : usable.GroupBy(endpoint => endpoint.Locality).Where(group => weights.ContainsKey(group.Key)).Select(group => group.ToArray()).ToArray();
        var cycles = Array.ConvertAll(localities, locality => WeightedCycle.Of(Array.ConvertAll(locality, endpoint => endpoint.Config.Weight), start));
        var localityCycle = localities.Length > 1 ? new WeightedCycle(Array.ConvertAll(localities, locality => weights![locality[0].Locality]), start) : null;
        return new PriorityLevel(config.Policy, localities.Length == 0 ? 0 : load.Percent, localities, cycles, localityCycle)
        {
            Hashed = config.ConsistentHash is { } hash && localities.Length > 0 ? Hash(hash, localities, weights) : null,
        };
    }

    /// <summary>Picks by turns; null when all were tried.</summary>
    public UpstreamEndpoint? Pick(ReadOnlySpan<UpstreamEndpoint?> tried)
    {
        if (_localities.Length == 0)
        {
            return null;
        }

        var first = _localityCycle?.Next() ?? 0;
        for (var i = 0; i < _localities.Length; i++)
        {
            var locality = (first + i) % _localities.Length;
            var endpoint = Pick(_localities[locality], _endpointCycles[locality], tried);
            if (endpoint is not null)
            {
                return endpoint;
            }
        }

        return null;
    }

    private UpstreamEndpoint? Pick(UpstreamEndpoint[] endpoints, WeightedCycle cycle, ReadOnlySpan<UpstreamEndpoint?> tried)
    {
        var first = _policy switch
        {
            LoadBalancerPolicy.Random => cycle.AtRandom(),
            LoadBalancerPolicy.LeastRequest => LessLoaded(endpoints, cycle.AtRandom(), cycle.AtRandom()),
            _ => cycle.Next(),
        };
        for (var i = 0; i < endpoints.Length && i <= tried.Length; i++)
        {
            var endpoint = endpoints[(first + i) % endpoints.Length];
            if (!endpoint.IsAmong(tried))
            {
                return endpoint;
            }
        }

        return null;
    }

    private static int LessLoaded(UpstreamEndpoint[] endpoints, int one, int other) =>
        endpoints[one].State.ActiveConnections <= endpoints[other].State.ActiveConnections ? one : other;

    private static UpstreamEndpoint[] Usable(UpstreamEndpoint[] endpoints, PriorityLoad load)
    {
        if (load.InPanic || Array.TrueForAll(endpoints, endpoint => endpoint.Health == EndpointHealth.Healthy))
        {
            return endpoints;
        }

        var healthy = Array.FindAll(endpoints, endpoint => endpoint.Health == EndpointHealth.Healthy);
        return healthy.Length > 0 ? healthy : Array.FindAll(endpoints, endpoint => endpoint.Health == EndpointHealth.Degraded);
    }

    /// <summary>All endpoints on one circle: the share of a locality is divided among its endpoints.</summary>
    private static HashedEndpoints Hash(ConsistentHashConfig config, UpstreamEndpoint[][] localities, Dictionary<Locality, uint>? weights)
    {
        var shares = new List<double>();
        foreach (var locality in localities)
        {
            double unit = weights is null ? 1 : weights[locality[0].Locality] / locality.Sum(static endpoint => (double)endpoint.Config.Weight);
            shares.AddRange(locality.Select(endpoint => unit * endpoint.Config.Weight));
        }

        return new HashedEndpoints(config, [.. localities.SelectMany(static locality => locality)], [.. shares]);
    }
}
