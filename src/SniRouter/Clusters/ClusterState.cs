using System.Collections.Immutable;
using System.Net;
using Zoneway.SniRouter.Clusters.Health;

namespace Zoneway.SniRouter.Clusters;

/// <summary>
/// The long-lived identity of a cluster: routes hold it, connections read <see cref="Current"/> once, and it survives every update of configuration or endpoints.
/// </summary>
/// <remarks>Any number of readers. The publish point is the write of <see cref="Current"/>, under a lock: configuration and changes of health come from different threads.</remarks>
public sealed class ClusterState
{
    private readonly Lock _publishing = new();
    private readonly HealthMonitoring? _monitoring;
    private volatile ClusterSnapshot? _current;
    private volatile ClusterHealth? _health;
    private ClusterConfig? _config;
    private LoadAssignment? _assignment;

    private int _hasNewHealth;
    private bool _isClosed;

    internal ClusterState(string name, HealthMonitoring? monitoring = null)
    {
        Name = name;
        _monitoring = monitoring;
    }

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

    /// <summary>What watches over its endpoints; null as long as its configuration has never asked for that.</summary>
    public ClusterHealth? Health => _health;

    /// <summary>Whether configuration and a first (perhaps empty) assignment are there.</summary>
    public bool IsWarm => _current is not null;

    internal void Update(ClusterConfig config)
    {
        lock (_publishing)
        {
            _config = config;
            if (!config.ResolvesNames)
            {
                // What names resolve to comes as an assignment of its own; until then the endpoints stay.
                _assignment = config.InlineAssignment ?? (config.Discovery == ClusterDiscovery.Eds ? _assignment : null);
            }

            Publish();
        }
    }

    internal void Update(LoadAssignment assignment)
    {
        lock (_publishing)
        {
            if (!ReferenceEquals(assignment, _assignment))
            {
                _assignment = assignment;
                Publish();
            }
        }
    }

    /// <summary>Health flags of endpoints have changed: publishes what follows, on another thread and once for many changes. Any thread; never waits.</summary>
    internal void HealthChanged()
    {
        if (Interlocked.Exchange(ref _hasNewHealth, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static state => state.TryPublishHealth(), this, preferLocal: false);
        }
    }

    /// <summary>Ends what watches over the endpoints: the cluster is not in use any more.</summary>
    internal void Close()
    {
        lock (_publishing)
        {
            _isClosed = true;
            _health?.Stop();
        }
    }

    private void Publish()
    {
        if (_config is null || _assignment is null || _isClosed)
        {
            return;
        }

        _health = ClusterHealth.For(_config, _health, this, _monitoring);
        var endpoints = BuildEndpoints(_assignment);
        _current = new ClusterSnapshot(_config, _assignment, endpoints, (uint)Random.Shared.Next());
        _health?.Watch(_config, endpoints);
    }

    private void TryPublishHealth()
    {
        try
        {
            PublishHealth();
        }
        catch (Exception exception)
        {
            // What was published last stays.
            _monitoring?.Fault(Name, exception);
        }
    }

    private void PublishHealth()
    {
        lock (_publishing)
        {
            // Flags that change from here on are published by another round.
            Interlocked.Exchange(ref _hasNewHealth, 0);
            if (_current is { } current)
            {
                _current = new ClusterSnapshot(current.Config, current.Assignment, [.. current.Endpoints.Select(endpoint => endpoint.Refresh())], (uint)Random.Shared.Next());
            }
        }
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
                // Endpoints at one address, which differ in metadata only, share what is known of it from the beginning: one health check stands for all.
                if (!states.TryGetValue(config.Identity, out var state))
                {
                    states[config.Identity] = state = NewState();
                }

                endpoints.Add(new UpstreamEndpoint(config, locality, state));
            }
        }

        return endpoints.DrainToImmutable();
    }

    // As in Envoy, an endpoint that is to be checked has failed until it has passed for the first time.
    private EndpointState NewState()
    {
        var state = new EndpointState();
        if (_health is not null && !_config!.HealthChecks.IsEmpty)
        {
            state.Set(EndpointHealthFlags.FailedActiveCheck);
        }

        return state;
    }
}
