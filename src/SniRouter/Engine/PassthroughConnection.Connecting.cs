using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Engine;

/// <content>The second stage: pick endpoints and connect, within one budget of time.</content>
internal sealed unsafe partial class PassthroughConnection
{
    private void StartConnecting(TcpProxyConfig proxy)
    {
        _loop.Context.Tracker.Sniffed();
        Stage = ConnectionStage.Connecting;
        _idleTimeout = proxy.IdleTimeout == Timeout.InfiniteTimeSpan ? long.MaxValue / 2 : (long)proxy.IdleTimeout.TotalMilliseconds;
        var target = _filterChain!.NextTarget();
        _cluster = target.Cluster;
        if (_cluster.Current is not { } cluster)
        {
            EndWithoutEndpoints();
            return;
        }

        _held = _cluster.CircuitBreaker.TryConnect(cluster.Config.CircuitBreakers, out var full);
        if (_held == CircuitBreakerHold.None)
        {
            _cluster.Stats.Overflowed(full);
            End(ConnectionOutcome.UpstreamOverflow);
            return;
        }

        var hash = proxy.HashesSourceAddress ? SocketAddresses.HashOfRemote(_downstream) : null;
        _attempts = new EndpointAttempts(cluster.Select(target.MetadataMatch), _loop.Context.ConnectAttempts(proxy), hash);
        _connectDeadline = _loop.Now + (long)cluster.Config.ConnectTimeout.TotalMilliseconds;
        ConnectNext(ConnectionOutcome.NoEndpoints);
    }

    private void EndWithoutEndpoints()
    {
        if (_cluster!.Config is null)
        {
            End(ConnectionOutcome.NoCluster);
            return;
        }

        _cluster.Stats.NoneHealthy();
        End(ConnectionOutcome.NoEndpoints);
    }

    private void ConnectNext(ConnectionOutcome lastFailure)
    {
        while (MayTry() && _attempts.Next() is { } endpoint)
        {
            _endpoint = endpoint;
            _nextAddress = 0;
            // What is left of the budget is shared evenly by the attempts that are left.
            _endpointDeadline = _loop.Now + Math.Max(TimerWheel.SlotMilliseconds, (_connectDeadline - _loop.Now) / (_attempts.Left + 1));
            if (TryNextAddress())
            {
                return;
            }

            CountConnectFailure(timedOut: false);
            lastFailure = ConnectionOutcome.ConnectFailed;
        }

        if (_attempts.Count == 0)
        {
            _cluster!.Stats.NoneHealthy();
        }

        End(lastFailure);
    }

    /// <summary>Whether the cluster allows an attempt: the first one always, a further one within its limit of retries.</summary>
    private bool MayTry()
    {
        if (_attempts.Count == 0 || _attempts.Left == 0 || _cluster!.CircuitBreaker.TryRetry(_cluster.Config!.CircuitBreakers, ref _held))
        {
            return true;
        }

        _cluster.Stats.Overflowed(CircuitBreakerHold.Retry);
        return false;
    }

    private void CountConnectFailure(bool timedOut)
    {
        _endpoint!.State.ConnectFailed();
        _cluster!.Stats.ConnectFailed(timedOut);
    }
}
