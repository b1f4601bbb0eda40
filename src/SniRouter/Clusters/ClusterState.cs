using System.Collections.Immutable;
using System.Net;

namespace Zoneway.SniRouter.Clusters;

/// <summary>
/// The long-lived identity of a cluster: routes hold it, connections read <see cref="Current"/> once, and it survives every update of configuration or endpoints.
/// </summary>
/// <remarks>One writer (the control-plane side); any number of readers. The publish point is the write of <see cref="Current"/>.</remarks>
public sealed class ClusterState
{
    private volatile ClusterSnapshot? _current;
    private ClusterConfig? _config;
    private LoadAssignment? _assignment;

    internal ClusterState(string name) => Name = name;

    /// <summary>The cluster's name.</summary>
    public string Name { get; }

    /// <summary>What is counted of it.</summary>
    public Telemetry.ClusterStats Stats { get; } = new();

    /// <summary>What is in use of it.</summary>
    public CircuitBreaker CircuitBreaker { get; } = new();

    /// <summary>The cluster now; null as long as a route names a cluster that the control plane has not sent, or sent no endpoints for.</summary>
    public ClusterSnapshot? Current => _current;

    /// <summary>Its configuration; null as long as the control plane has not sent any.</summary>
    public ClusterConfig? Config => _config;

    /// <summary>Whether configuration and a first (perhaps empty) assignment are there.</summary>
    public bool IsWarm => _current is not null;

    internal void Update(ClusterConfig config)
    {
        _config = config;
        if (!config.ResolvesNames)
        {
            // What names resolve to comes as an assignment of its own; until then the endpoints stay.
            _assignment = config.InlineAssignment ?? (config.Discovery == ClusterDiscovery.Eds ? _assignment : null);
        }

        Publish();
    }

    internal void Update(LoadAssignment assignment)
    {
        if (ReferenceEquals(assignment, _assignment))
        {
            return;
        }

        _assignment = assignment;
        Publish();
    }

    private void Publish()
    {
        if (_config is null || _assignment is null)
        {
            return;
        }

        _current = new ClusterSnapshot(_config, _assignment, BuildEndpoints(_assignment), (uint)Random.Shared.Next());
    }

    private ImmutableArray<UpstreamEndpoint> BuildEndpoints(LoadAssignment assignment)
    {
        var states = new Dictionary<EndPoint, EndpointState>();
        foreach (var endpoint in _current?.Endpoints ?? [])
        {
            states[endpoint.Config.Identity] = endpoint.State;
        }

        var endpoints = ImmutableArray.CreateBuilder<UpstreamEndpoint>();
        foreach (var locality in assignment.Localities)
        {
            foreach (var config in locality.Endpoints)
            {
                var state = states.GetValueOrDefault(config.Identity) ?? new EndpointState();
                endpoints.Add(new UpstreamEndpoint(config, locality, state));
            }
        }

        return endpoints.DrainToImmutable();
    }
}
