using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Engine;

/// <content>
/// Connecting to the addresses of one endpoint. Most have one; of several the next begins as soon as one has failed or has not answered for
/// <see cref="ConnectionRace.AttemptDelay"/>, and the first connection counts (RFC 8305 §5). To everyone else it is one attempt.
/// </content>
internal sealed unsafe partial class PassthroughConnection
{
    private static readonly long AttemptDelayMilliseconds = (long)ConnectionRace.AttemptDelay.TotalMilliseconds;

    // The attempts under way besides _upstream; null until there has been a second one.
    private List<int>? _racing;
    private int _nextAddress;
    private long _endpointDeadline;

    /// <summary>Begins with the next address that can be tried at all.</summary>
    /// <returns>Whether any connect is under way.</returns>
    private bool TryNextAddress()
    {
        var addresses = _endpoint!.NativeAddresses;
        while (_nextAddress < addresses.Length)
        {
            var address = addresses[_nextAddress++].Span;
            var descriptor = -1;
            var result = address.IsEmpty ? -LinuxSystemCalls.EINVAL : LinuxSystemCalls.Connect(address, out descriptor);
            if (result is 0 or -LinuxSystemCalls.EINPROGRESS)
            {
                Race(descriptor);
                var next = _nextAddress < addresses.Length ? _loop.Now + AttemptDelayMilliseconds : long.MaxValue;
                _loop.Timers.Set(this, Math.Min(next, _endpointDeadline));
                _loop.Watch(_upstream, EventTag.Connection(Slot, Generation, upstream: true));
                return true;
            }

            if (descriptor >= 0)
            {
                Close(descriptor, reset: false);
            }
        }

        _loop.Timers.Set(this, _endpointDeadline);
        return _upstream >= 0 || TakeRacing();
    }

    private void OnConnectEvent(EpollMask mask)
    {
        if (_racing is not null)
        {
            // The event may be that of any of them, or of one that is closed already.
            JudgeRace();
        }
        else if ((mask & (EpollMask.Error | EpollMask.HangUp)) != 0 && LinuxSystemCalls.TakeError(_upstream) != 0)
        {
            CloseUpstream(reset: false);
            AddressFailed();
        }
        else if ((mask & EpollMask.Out) != 0)
        {
            StartSplicing();
        }
    }

    private void OnConnectDeadline()
    {
        if (_loop.Now >= _endpointDeadline || !TryNextAddress())
        {
            EndpointFailed(ConnectionOutcome.ConnectTimeout);
        }
    }

    /// <summary>Looks at every attempt: one that is connected wins, one that has failed makes room for the next address.</summary>
    private void JudgeRace()
    {
        var underWay = _racing!.Count + 1;
        Race(-1);
        for (var i = _racing.Count - 1; i >= 0; i--)
        {
            var descriptor = _racing[i];
            if (LinuxSystemCalls.TakeError(descriptor) != 0)
            {
                Close(descriptor, reset: false);
                _racing.RemoveAt(i);
            }
            else if (_upstream < 0 && LinuxSystemCalls.IsConnected(descriptor))
            {
                _upstream = descriptor;
                _racing.RemoveAt(i);
            }
        }

        if (_upstream >= 0)
        {
            CloseRacing(reset: false);
            // What its event said may have come with another one's.
            _down.Readable = true;
            StartSplicing();
        }
        else if (_racing.Count == underWay)
        {
            TakeRacing();
        }
        else
        {
            AddressFailed();
        }
    }

    private void AddressFailed()
    {
        if (_racing is null)
        {
            _down.Readable = _down.SourceClosing = false;
        }

        if (!TryNextAddress())
        {
            EndpointFailed(ConnectionOutcome.ConnectFailed);
        }
    }

    private void EndpointFailed(ConnectionOutcome failure)
    {
        CloseUpstream(reset: false);
        _down.Readable = _down.SourceClosing = false;
        CountConnectFailure(failure == ConnectionOutcome.ConnectTimeout);
        ConnectNext(failure);
    }

    /// <summary>Goes on with another descriptor, or none; the one so far stays in the race.</summary>
    private void Race(int descriptor)
    {
        if (_upstream >= 0)
        {
            (_racing ??= []).Add(_upstream);
        }

        _upstream = descriptor;
    }

    private bool TakeRacing()
    {
        if (_racing is not { Count: > 0 })
        {
            return false;
        }

        _upstream = _racing[^1];
        _racing.RemoveAt(_racing.Count - 1);
        return true;
    }

    private void CloseRacing(bool reset)
    {
        if (_racing is null)
        {
            return;
        }

        foreach (var descriptor in _racing)
        {
            Close(descriptor, reset);
        }

        _racing.Clear();
    }
}
