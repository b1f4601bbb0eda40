using System.Collections.Immutable;
using System.Net;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>
/// Watches over the endpoints of one cluster: health checks and outlier detection, as far as its configuration asks for them. Belongs to a <see cref="ClusterState"/>,
/// whose lock all methods but the reports need.
/// </summary>
public sealed class ClusterHealth
{
    private readonly Dictionary<EndPoint, EndpointHealthCheck> _checks = [];
    private readonly ClusterState _cluster;
    private readonly HealthMonitoring _monitoring;
    private volatile OutlierDetector? _outliers;

    private ClusterHealth(ClusterState cluster, HealthMonitoring monitoring)
    {
        _cluster = cluster;
        _monitoring = monitoring;
    }

    /// <summary>What is counted.</summary>
    public HealthStats Stats { get; } = new();

    /// <summary>Endpoints that outlier detection has ejected.</summary>
    public int ActiveEjections => _outliers?.ActiveEjections ?? 0;

    /// <summary>What watches over a cluster with a configuration; null as long as it never needed anything.</summary>
    internal static ClusterHealth? For(ClusterConfig config, ClusterHealth? current, ClusterState cluster, HealthMonitoring? monitoring)
    {
        if (current is null && (monitoring is null || (config.HealthChecks.IsEmpty && config.OutlierDetection is null)))
        {
            return null;
        }

        var health = current ?? new ClusterHealth(cluster, monitoring!);
        if (config.HealthChecks.IsEmpty)
        {
            health.StopChecks();
        }

        health.Configure(config.OutlierDetection);
        return health;
    }

    /// <summary>Watches these endpoints and no others.</summary>
    internal void Watch(ClusterConfig config, ImmutableArray<UpstreamEndpoint> endpoints)
    {
        _outliers?.Watch(endpoints);
        if (config.HealthChecks.IsEmpty)
        {
            return;
        }

        var gone = _checks.Keys.ToHashSet();
        // Of several endpoints at one address the first stands for all.
        foreach (var endpoint in endpoints.DistinctBy(endpoint => endpoint.Config.Identity))
        {
            gone.Remove(endpoint.Config.Identity);
            if (!_checks.TryGetValue(endpoint.Config.Identity, out var check))
            {
                _checks[endpoint.Config.Identity] = check = new EndpointHealthCheck(_cluster, this, _monitoring);
            }

            check.Follow(config, config.HealthChecks[0], endpoint);
        }

        foreach (var address in gone)
        {
            _checks.Remove(address, out var check);
            check!.Dispose();
        }
    }

    /// <summary>Ends everything.</summary>
    internal void Stop()
    {
        StopChecks();
        Configure(null);
    }

    /// <summary>A check has found an endpoint well. Any thread.</summary>
    internal void OnCheckPassed(EndpointState endpoint) => _outliers?.OnCheckPassed(endpoint);

    private void StopChecks()
    {
        foreach (var check in _checks.Values)
        {
            check.Dispose();
        }

        _checks.Clear();
    }

    private void Configure(OutlierDetectionConfig? config)
    {
        if (config is null)
        {
            _outliers?.Stop();
            _outliers = null;
        }
        else if (_outliers is { } outliers)
        {
            outliers.Configure(config);
        }
        else
        {
            _outliers = new OutlierDetector(_cluster, config, Stats, _monitoring);
        }
    }
}
