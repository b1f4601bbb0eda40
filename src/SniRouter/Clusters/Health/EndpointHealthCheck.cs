using Microsoft.Extensions.Logging;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>
/// The checks of one address: asks, waits, asks again, and says what follows from the answers by Envoy's rules. A first answer of a new endpoint decides at once; then so many
/// in a row are needed, except that an endpoint that answers badly, rather than not at all, is unhealthy at once.
/// </summary>
internal sealed partial class EndpointHealthCheck(ClusterState cluster, ClusterHealth health, HealthMonitoring monitoring) : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _round = new();
    private HealthCheckDialer? _dialer;
    private ClusterConfig? _clusterConfig;
    private HealthCheckConfig? _config;
    private UpstreamEndpoint? _endpoint;
    private bool _isFirst = true;
    private uint _failures;
    private uint _successes;

    /// <summary>
    /// Goes on with this endpoint and configuration. A changed check begins anew at once; what was learnt so far stays. A name that has moved changes no check:
    /// one that moves at every lookup would never see its checks end.
    /// </summary>
    public void Follow(ClusterConfig clusterConfig, HealthCheckConfig config, UpstreamEndpoint endpoint)
    {
        lock (_lock)
        {
            var goesOn = config.Equals(_config) && IsSpokenToAlike(clusterConfig, endpoint.Config);
            (_clusterConfig, _config, _endpoint) = (clusterConfig, config, endpoint);
            if (goesOn)
            {
                _dialer!.Endpoint = endpoint;
                return;
            }

            _round.Cancel();
            _round = new CancellationTokenSource();
            var stop = _round.Token;
            var dialer = _dialer = new HealthCheckDialer(monitoring, clusterConfig, endpoint, config.Port);
            // On another thread, for who configures must not wait for connections.
            _ = Task.Run(() => RunAsync(config, dialer, stop), CancellationToken.None);
        }
    }

    /// <summary>Ends the checks; none says anything afterwards.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _round.Cancel();
            _round.Dispose();
            _endpoint?.State.Clear(EndpointHealthFlags.FailedActiveCheck);
        }
    }

    private bool IsSpokenToAlike(ClusterConfig clusterConfig, EndpointConfig endpoint) =>
        clusterConfig.TransportSockets.Equals(_clusterConfig!.TransportSockets) && clusterConfig.ConnectTimeout == _clusterConfig.ConnectTimeout
        && endpoint.TransportSocketMatch.Equals(_endpoint!.Config.TransportSocketMatch) && endpoint.Hostname.Equals(_endpoint.Config.Hostname, StringComparison.Ordinal);

    private async Task RunAsync(HealthCheckConfig config, HealthCheckDialer dialer, CancellationToken stop)
    {
        using var probe = HealthProbe.Create(config, dialer);
        try
        {
            await Task.Delay(HealthTimes.Jitter(config.InitialJitter), monitoring.Time, stop);
            while (!stop.IsCancellationRequested)
            {
                Take(await CheckAsync(probe, config, stop), config, stop);
                await Task.Delay(HealthTimes.Next(config, hasTraffic: cluster.Stats.UpstreamConnections > 0), monitoring.Time, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The check is no longer wanted, or another has taken over.
        }
    }

    private async ValueTask<HealthCheckResult> CheckAsync(HealthProbe probe, HealthCheckConfig config, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(HealthTimes.Bounded(config.Timeout), monitoring.Time);
        await using var registration = stop.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        try
        {
            return await probe.CheckAsync(limit.Token);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            // Whatever goes wrong on the way to an answer is a missing answer.
            return HealthCheckResult.Unreachable(limit.IsCancellationRequested ? "timeout" : exception.GetBaseException().Message);
        }
    }

    private void Take(HealthCheckResult result, HealthCheckConfig config, CancellationToken stop)
    {
        lock (_lock)
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            health.Stats.Checked(result.Status);
            var state = _endpoint!.State;
            var wasFailed = (state.Flags & EndpointHealthFlags.FailedActiveCheck) != 0;
            var isFailed = result.Status == HealthCheckStatus.Passed ? !Passes(wasFailed, config) : Fails(wasFailed, result.Status, config);
            if (isFailed != wasFailed)
            {
                Change(state, isFailed, result.Detail);
            }
            else if (_isFirst && isFailed)
            {
                Log.Unhealthy(monitoring.Logger, cluster.Name, _endpoint, result.Detail);
            }

            _isFirst = false;
            if (!isFailed && result.Status == HealthCheckStatus.Passed)
            {
                health.OnCheckPassed(state);
            }
        }
    }

    /// <summary>Whether the endpoint is well after a success.</summary>
    private bool Passes(bool wasFailed, HealthCheckConfig config)
    {
        _failures = 0;
        return !wasFailed || _isFirst || ++_successes >= config.HealthyThreshold;
    }

    /// <summary>Whether the endpoint is unhealthy after a failure.</summary>
    private bool Fails(bool wasFailed, HealthCheckStatus status, HealthCheckConfig config)
    {
        _successes = 0;
        return wasFailed || status == HealthCheckStatus.Failed || ++_failures >= config.UnhealthyThreshold;
    }

    private void Change(EndpointState state, bool isFailed, string detail)
    {
        _failures = _successes = 0;
        if (isFailed)
        {
            state.Set(EndpointHealthFlags.FailedActiveCheck);
            Log.Unhealthy(monitoring.Logger, cluster.Name, _endpoint!, detail);
        }
        else
        {
            state.Clear(EndpointHealthFlags.FailedActiveCheck);
            Log.Healthy(monitoring.Logger, cluster.Name, _endpoint!);
        }

        cluster.HealthChanged();
    }

    private static partial class Log
    {
        [LoggerMessage(800, LogLevel.Information, "Cluster {Cluster}: endpoint {Endpoint} is healthy.")]
        public static partial void Healthy(ILogger logger, string cluster, UpstreamEndpoint endpoint);

        [LoggerMessage(801, LogLevel.Information, "Cluster {Cluster}: endpoint {Endpoint} is unhealthy: {Detail}.")]
        public static partial void Unhealthy(ILogger logger, string cluster, UpstreamEndpoint endpoint, string detail);
    }
}
