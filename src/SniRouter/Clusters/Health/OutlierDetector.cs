using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>
/// Ejects endpoints of one cluster for what happens on their connections, and lets them back in (envoy.config.cluster.v3.OutlierDetection, by the rules of Envoy's
/// <c>DetectorImpl</c>). Data paths report to <see cref="OutlierMonitor"/>; a sweep every interval judges rates.
/// </summary>
internal sealed partial class OutlierDetector
{
    private readonly Lock _lock = new();
    private readonly ClusterState _cluster;
    private readonly HealthStats _stats;
    private readonly HealthMonitoring _monitoring;
    private readonly ITimer _timer;
    private volatile OutlierDetectionConfig _config;

    // Written with the lock held; counted without.
    private volatile OutlierMonitor[] _monitors = [];
    private bool _isStopped;

    public OutlierDetector(ClusterState cluster, OutlierDetectionConfig config, HealthStats stats, HealthMonitoring monitoring)
    {
        _cluster = cluster;
        _config = config;
        _stats = stats;
        _monitoring = monitoring;
        _timer = monitoring.Time.CreateTimer(static state => ((OutlierDetector)state!).TrySweep(), this, Interval, Interval);
    }

    /// <summary>What holds now.</summary>
    public OutlierDetectionConfig Config => _config;

    /// <summary>Endpoints that are out.</summary>
    public int ActiveEjections => _monitors.Count(IsEjected);

    private TimeSpan Interval => HealthTimes.Bounded(_config.Interval);

    /// <summary>Takes a configuration, perhaps a new one. Endpoints that are out stay out.</summary>
    public void Configure(OutlierDetectionConfig config)
    {
        var previous = _config;
        _config = config;
        if (config.Interval != previous.Interval)
        {
            _timer.Change(Interval, Interval);
        }
    }

    /// <summary>Watches these endpoints and no others.</summary>
    public void Watch(ImmutableArray<UpstreamEndpoint> endpoints)
    {
        lock (_lock)
        {
            var states = endpoints.Select(endpoint => endpoint.State).Distinct().ToArray();
            foreach (var state in states)
            {
                state.Outlier ??= new OutlierMonitor(this, state);
            }

            foreach (var monitor in _monitors.Except(states.Select(state => state.Outlier!)))
            {
                // It has gone: what its last connections report ejects nobody.
                monitor.Endpoint.Outlier = null;
            }

            _monitors = Array.ConvertAll(states, state => state.Outlier!);
        }
    }

    /// <summary>Ends it: every endpoint is back in.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _timer.Dispose();
            foreach (var monitor in _monitors)
            {
                monitor.Endpoint.Outlier = null;
                monitor.Endpoint.Clear(EndpointHealthFlags.FailedOutlierCheck);
            }

            _monitors = [];
        }
    }

    /// <summary>Failures in a row have reached their threshold. Any thread.</summary>
    public void OnCause(OutlierMonitor monitor, EjectionCause cause)
    {
        bool isEjected;
        lock (_lock)
        {
            // The endpoint may have gone while its report was on the way.
            if (_isStopped || monitor.Endpoint.Outlier != monitor || IsEjected(monitor))
            {
                return;
            }

            isEjected = TryEject(monitor, cause);
            monitor.Reset(cause);
        }

        if (isEjected)
        {
            _cluster.HealthChanged();
        }
    }

    /// <summary>Lets an endpoint back in that has passed its health check (Envoy: successful_active_health_check_uneject_host).</summary>
    public void OnCheckPassed(EndpointState endpoint)
    {
        lock (_lock)
        {
            if (endpoint.Outlier is { } monitor && IsEjected(monitor))
            {
                Uneject(monitor);
                _cluster.HealthChanged();
            }
        }
    }

    private void TrySweep()
    {
        try
        {
            Sweep();
        }
        catch (Exception exception)
        {
            _monitoring.Fault(_cluster.Name, exception);
        }
    }

    /// <summary>Lets back in those whose time is over, then judges the rates of the interval.</summary>
    private void Sweep()
    {
        lock (_lock)
        {
            var config = _config;
            var before = Array.ConvertAll(_monitors, IsEjected);
            foreach (var monitor in _monitors)
            {
                Review(monitor, config);
            }

            Judge(config, static monitor => monitor.TakeAnswers(), EjectionCause.SuccessRate, EjectionCause.FailurePercentage);
            if (config.SplitsLocalOrigin)
            {
                Judge(config, static monitor => monitor.TakeConnects(), EjectionCause.LocalOriginSuccessRate, EjectionCause.LocalOriginFailurePercentage);
            }

            if (!before.AsSpan().SequenceEqual(Array.ConvertAll(_monitors, IsEjected)))
            {
                _cluster.HealthChanged();
            }
        }
    }

    private void Review(OutlierMonitor monitor, OutlierDetectionConfig config)
    {
        if (!IsEjected(monitor))
        {
            // A whole interval without an ejection makes up for one.
            monitor.Ejections -= monitor.Ejections > 0 ? 1u : 0;
        }
        else if (_monitoring.Time.GetElapsedTime(monitor.EjectedTimestamp) >= EjectionTime(monitor, config))
        {
            Uneject(monitor);
        }
    }

    private void Judge(OutlierDetectionConfig config, Func<OutlierMonitor, (long Volume, double Rate)> take, EjectionCause bySuccess, EjectionCause byFailure)
    {
        var rates = Array.ConvertAll(_monitors, monitor => (Monitor: monitor, Taken: take(monitor)));
        var inside = Array.FindAll(rates, rate => !IsEjected(rate.Monitor) && rate.Taken.Volume > 0);

        var bySuccessRate = Array.FindAll(inside, rate => rate.Taken.Volume >= config.SuccessRate.RequestVolume);
        if (bySuccessRate.Length > 0 && bySuccessRate.Length >= config.SuccessRate.MinimumHosts)
        {
            var threshold = SuccessRates.Threshold(Array.ConvertAll(bySuccessRate, rate => rate.Taken.Rate), config.SuccessRate.StdevFactor / 1000.0);
            EjectAll(bySuccessRate.Where(rate => rate.Taken.Rate < threshold).Select(rate => rate.Monitor), bySuccess);
        }

        var byPercentage = Array.FindAll(inside, rate => rate.Taken.Volume >= config.FailurePercentage.RequestVolume);
        if (byPercentage.Length > 0 && byPercentage.Length >= config.FailurePercentage.MinimumHosts)
        {
            EjectAll(byPercentage.Where(rate => 100 - rate.Taken.Rate >= config.FailurePercentage.Threshold).Select(rate => rate.Monitor), byFailure);
        }
    }

    private void EjectAll(IEnumerable<OutlierMonitor> monitors, EjectionCause cause)
    {
        foreach (var monitor in monitors.Where(monitor => !IsEjected(monitor)))
        {
            TryEject(monitor, cause);
        }
    }

    // Only with the lock held.
    private bool TryEject(OutlierMonitor monitor, EjectionCause cause)
    {
        var config = _config;
        _stats.CauseSeen(cause);
        // As Envoy does: what is out already must lie below the limit, so that one may always be out unless the limit is 0.
        if (ActiveEjections * 100.0 >= (double)config.MaxEjectionPercent * _monitors.Length)
        {
            _stats.Overflowed();
            return false;
        }

        if (Random.Shared.Next(100) >= cause.Enforcing(config))
        {
            return false;
        }

        monitor.EjectedTimestamp = _monitoring.Time.GetTimestamp();
        // One more than is needed for the longest time, as in Envoy.
        if (config.BaseEjectionTime.TotalMilliseconds * monitor.Ejections < config.MaxEjectionTime.TotalMilliseconds + config.BaseEjectionTime.TotalMilliseconds)
        {
            monitor.Ejections++;
        }

        monitor.Endpoint.Set(EndpointHealthFlags.FailedOutlierCheck);
        _stats.Ejected(cause);
        Log.Ejected(_monitoring.Logger, _cluster.Name, AddressOf(monitor), cause.Tag(), EjectionTime(monitor, config).TotalSeconds);
        return true;
    }

    // Only with the lock held.
    private void Uneject(OutlierMonitor monitor)
    {
        monitor.Endpoint.Clear(EndpointHealthFlags.FailedOutlierCheck);
        // A series that had not reached its threshold must not eject it again at once.
        monitor.Reset(EjectionCause.Consecutive5xx);
        monitor.Reset(EjectionCause.ConsecutiveGatewayFailure);
        monitor.Reset(EjectionCause.ConsecutiveLocalOriginFailure);
        Log.Unejected(_monitoring.Logger, _cluster.Name, AddressOf(monitor));
    }

    private string AddressOf(OutlierMonitor monitor) =>
        _cluster.Current?.Endpoints.FirstOrDefault(endpoint => endpoint.State == monitor.Endpoint)?.ToString() ?? "";

    // In floating point, for no product of what a control plane may send must overflow.
    private static TimeSpan EjectionTime(OutlierMonitor monitor, OutlierDetectionConfig config) =>
        config.BaseEjectionTime.TotalMilliseconds * monitor.Ejections < config.MaxEjectionTime.TotalMilliseconds ? config.BaseEjectionTime * monitor.Ejections : config.MaxEjectionTime;

    private static bool IsEjected(OutlierMonitor monitor) => (monitor.Endpoint.Flags & EndpointHealthFlags.FailedOutlierCheck) != 0;

    private static partial class Log
    {
        [LoggerMessage(810, LogLevel.Information, "Cluster {Cluster}: endpoint {Endpoint} is ejected for {Seconds} s ({Cause}).")]
        public static partial void Ejected(ILogger logger, string cluster, string endpoint, string cause, double seconds);

        [LoggerMessage(811, LogLevel.Information, "Cluster {Cluster}: endpoint {Endpoint} is no longer ejected.")]
        public static partial void Unejected(ILogger logger, string cluster, string endpoint);
    }
}
