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

    public static PriorityLevel Create(UpstreamEndpoint[] endpoints, PriorityLoad load, ClusterConfig config, LoadAssignment assignment, uint start)
    {
        var usable = Usable(endpoints, load);
        var weights = config.LocalityWeighted && usable.Length > 0 ? LocalityWeights(usable[0].Priority, assignment) : [];
        var localities = weights.Count == 0
            ? [usable]
            : usable.GroupBy(endpoint => endpoint.Locality).Where(group => weights.GetValueOrDefault(group.Key) > 0).Select(group => group.ToArray()).ToArray();
        if (Array.Exists(localities, locality => locality.Length == 0))
        {
            localities = [];
        }

        var cycles = Array.ConvertAll(localities, locality => WeightedCycle.Of(Array.ConvertAll(locality, endpoint => endpoint.Config.Weight), start));
        var localityCycle = localities.Length > 1 ? new WeightedCycle(Array.ConvertAll(localities, locality => weights[locality[0].Locality]), start) : null;
        return new PriorityLevel(config.Policy, localities.Length == 0 ? 0 : load.Percent, localities, cycles, localityCycle);
    }

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
            if (!Contains(tried, endpoint))
            {
                return endpoint;
            }
        }

        return null;
    }

    private static int LessLoaded(UpstreamEndpoint[] endpoints, int one, int other) =>
        endpoints[one].State.ActiveConnections <= endpoints[other].State.ActiveConnections ? one : other;

    private static bool Contains(ReadOnlySpan<UpstreamEndpoint?> tried, UpstreamEndpoint endpoint)
    {
        foreach (var other in tried)
        {
            if (ReferenceEquals(other, endpoint))
            {
                return true;
            }
        }

        return false;
    }

    private static UpstreamEndpoint[] Usable(UpstreamEndpoint[] endpoints, PriorityLoad load)
    {
        if (load.InPanic || Array.TrueForAll(endpoints, endpoint => endpoint.Health == EndpointHealth.Healthy))
        {
            return endpoints;
        }

        var healthy = Array.FindAll(endpoints, endpoint => endpoint.Health == EndpointHealth.Healthy);
        return healthy.Length > 0 ? healthy : Array.FindAll(endpoints, endpoint => endpoint.Health == EndpointHealth.Degraded);
    }

    private static Dictionary<Locality, uint> LocalityWeights(uint priority, LoadAssignment assignment)
    {
        var weights = new Dictionary<Locality, uint>();
        foreach (var locality in assignment.Localities)
        {
            if (locality.Priority == priority && locality.Weight > 0)
            {
                weights[locality.Locality] = locality.Weight;
            }
        }

        return weights;
    }
}
