using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Engine;

/// <content>The third stage: move bytes both ways until both directions have ended.</content>
internal sealed unsafe partial class PassthroughConnection
{
    private void StartSplicing()
    {
        Stage = ConnectionStage.Splicing;
        _endpoint!.State.Connected();
        _cluster!.CircuitBreaker.Connected(ref _held);
        _cluster.Stats.Connected();
        LogConnected();
        _lastActivity = _loop.Now;
        _up.Start(_downstream, _upstream);
        _down.Start(_upstream, _downstream);
        WaitForSilence();
        if (_hello.Length > 0 && !_up.SendFirst(_loop, _hello.Span))
        {
            TargetClosed(_up);
            return;
        }

        _hello.Clear(_loop.Hellos);
        if (_up.Readable || _down.Readable)
        {
            Pump(true, true, _up, _down);
        }
    }

    private void Pump(bool pumpFirst, bool pumpSecond, SpliceDirection first, SpliceDirection second)
    {
        var before = _up.Bytes + _down.Bytes;
        if (pumpFirst && !Pump(first))
        {
            return;
        }

        if (pumpSecond && !Pump(second))
        {
            return;
        }

        if (_up.Bytes + _down.Bytes != before)
        {
            _lastActivity = _loop.Now;
        }
    }

    /// <summary>Pumps one direction and draws the consequences; false when the connection has ended.</summary>
    private bool Pump(SpliceDirection direction)
    {
        if (direction.IsFinished)
        {
            return true;
        }

        switch (direction.Pump(_loop))
        {
            case PumpResult.TurnOver:
                _loop.Enqueue(this);
                return true;
            case PumpResult.Finished:
                return Finished(direction);
            case PumpResult.SourceReset:
                End(direction == _up ? ConnectionOutcome.DownstreamReset : ConnectionOutcome.UpstreamReset, reset: true);
                return false;
            case PumpResult.TargetClosed:
                return TargetClosed(direction);
            default:
                return true;
        }
    }

    private bool Finished(SpliceDirection direction)
    {
        if (_up.IsFinished && _down.IsFinished)
        {
            End(_upstreamRefused ? ConnectionOutcome.UpstreamReset : ConnectionOutcome.Completed);
            return false;
        }

        LinuxSystemCalls.FinishSending(direction == _up ? _upstream : _downstream);
        _lastActivity = _loop.Now;
        WaitForSilence();
        return true;
    }

    private bool TargetClosed(SpliceDirection direction)
    {
        if (direction == _down)
        {
            End(ConnectionOutcome.DownstreamReset, reset: true);
            return false;
        }

        if (_down.IsFinished)
        {
            End(ConnectionOutcome.UpstreamReset);
            return false;
        }

        // The endpoint takes no more. What it sent before is still on its way to the client, so the other direction ends the connection.
        _upstreamRefused = true;
        _up.Abandon(_loop);
        _down.Readable = true;
        _loop.Enqueue(this);
        return true;
    }
}
