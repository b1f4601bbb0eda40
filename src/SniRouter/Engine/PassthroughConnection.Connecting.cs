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

    /// <summary>
    /// Connects to the next address of the endpoint; few have more than one. Here they take turns, each with its share of the time, rather than race.
    /// </summary>
    /// <returns>Whether a connect is under way.</returns>
    private bool TryNextAddress()
    {
        var addresses = _endpoint!.NativeAddresses;
        while (_nextAddress < addresses.Length)
        {
            var address = addresses[_nextAddress++].Span;
            var result = address.IsEmpty ? -LinuxSystemCalls.EINVAL : LinuxSystemCalls.Connect(address, out _upstream);
            if (result is 0 or -LinuxSystemCalls.EINPROGRESS)
            {
                // What is left of the budget is shared evenly by what is left to try.
                var share = Math.Max(TimerWheel.SlotMilliseconds, (_connectDeadline - _loop.Now) / (_attempts.Left + 1 + addresses.Length - _nextAddress));
                _loop.Timers.Set(this, _loop.Now + share);
                _loop.Watch(_upstream, EventTag.Connection(Slot, Generation, upstream: true));
                return true;
            }

            CloseUpstream(reset: false);
        }

        return false;
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

    private void OnConnectEvent(EpollMask mask)
    {
        if ((mask & (EpollMask.Error | EpollMask.HangUp)) != 0 && LinuxSystemCalls.TakeError(_upstream) != 0)
        {
            ConnectFailed(ConnectionOutcome.ConnectFailed);
        }
        else if ((mask & EpollMask.Out) != 0)
        {
            StartSplicing();
        }
    }

    private void ConnectFailed(ConnectionOutcome failure)
    {
        CloseUpstream(reset: false);
        _down.Readable = _down.SourceClosing = false;
        if (TryNextAddress())
        {
            return;
        }

        CountConnectFailure(failure == ConnectionOutcome.ConnectTimeout);
        ConnectNext(failure);
    }

    private void CountConnectFailure(bool timedOut)
    {
        _endpoint!.State.ConnectFailed();
        _cluster!.Stats.ConnectFailed(timedOut);
    }
}
