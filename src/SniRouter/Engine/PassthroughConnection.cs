using System.Buffers;
using System.Runtime.Versioning;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Engine;

/// <summary>
/// One connection inside its loop, from accept to report: hello, connect, splice. Belongs to one loop's thread, which is the only one to touch it, and is used again for
/// another connection when it has ended.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class PassthroughConnection
{
    /// <summary>Where the connection stands in its loop's timer wheel; the wheel's business only.</summary>
    public TimerEntry Timer = TimerEntry.None;

    private readonly EventLoop _loop;
    private readonly SpliceDirection _up = new();
    private readonly SpliceDirection _down = new();
    private int _downstream;
    private int _upstream = -1;
    private LoopListener? _listener;
    private byte[]? _hello;
    private int _helloLength;
    private int _helloNeeded;
    private FilterChain? _filterChain;
    private ClusterState? _cluster;
    private EndpointAttempts _attempts;
    private UpstreamEndpoint? _endpoint;
    private string _serverName = "";
    private long _acceptedAt;
    private long _lastActivity;
    private long _connectDeadline;
    private long _idleTimeout;
    private bool _peeks;
    private bool _upstreamRefused;

    public PassthroughConnection(EventLoop loop, int slot)
    {
        _loop = loop;
        Slot = slot;
    }

    /// <summary>Index in the loop's table.</summary>
    public int Slot { get; }

    /// <summary>Counts the connections that this object has served.</summary>
    public uint Generation { get; private set; }

    /// <summary>How far it has come.</summary>
    public ConnectionStage Stage { get; private set; } = ConnectionStage.Free;

    /// <summary>Whether it stands in the loop's ready queue.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Begins with a descriptor just accepted. The limits have been checked and the connection counted.</summary>
    public void Start(LoopListener listener, int descriptor)
    {
        Generation++;
        Stage = ConnectionStage.Hello;
        _listener = listener;
        _downstream = descriptor;
        _acceptedAt = _lastActivity = _loop.Now;
        _helloNeeded = 1;
        _up.Readable = true;
        _up.SourceClosing = false;
        if (!_loop.Context.Routes.Current.Listeners.TryGetValue(listener.Name, out var routes))
        {
            End(ConnectionOutcome.NoRoute);
            return;
        }

        if (routes.Unconditional is { } chain)
        {
            Serve(Selection.Of(chain, ""), default);
        }
        else
        {
            _peeks = routes.Terminates;
            ReadHello(routes);
        }

        if (Stage != ConnectionStage.Free)
        {
            _loop.Watch(_downstream, EventTag.Connection(Slot, Generation, upstream: false));
            if (Stage == ConnectionStage.Hello)
            {
                _loop.Timers.Set(this, _acceptedAt + _loop.Context.ClientHelloMilliseconds);
            }
        }
    }

    /// <summary>An event of one of its descriptors.</summary>
    public void OnEvent(bool upstream, EpollMask mask)
    {
        var incoming = upstream ? _down : _up;
        var outgoing = upstream ? _up : _down;
        if ((mask & (EpollMask.PeerClosed | EpollMask.HangUp | EpollMask.Error)) != 0)
        {
            incoming.Readable = incoming.SourceClosing = true;
        }

        incoming.Readable |= (mask & EpollMask.In) != 0;
        outgoing.Writable |= (mask & EpollMask.Out) != 0;
        switch (Stage)
        {
            case ConnectionStage.Hello when incoming.Readable:
                ReadHello(null);
                break;
            case ConnectionStage.Connecting when upstream:
                OnConnectEvent(mask);
                break;
            case ConnectionStage.Connecting when (mask & EpollMask.Error) != 0:
                End(ConnectionOutcome.DownstreamReset, reset: true);
                break;
            case ConnectionStage.Splicing when !upstream && (mask & EpollMask.Error) != 0:
                // A client that has reset the connection wants nothing of what is still on its way to it.
                End(ConnectionOutcome.DownstreamReset, reset: true);
                break;
            case ConnectionStage.Splicing:
                Pump(incoming.Readable || incoming.IsBlocked, outgoing.IsBlocked || outgoing.Readable, incoming, outgoing);
                break;
            default:
                break;
        }
    }

    /// <summary>Its turn in the ready queue.</summary>
    public void OnTurn()
    {
        if (Stage == ConnectionStage.Splicing)
        {
            Pump(true, true, _up, _down);
        }
    }

    /// <summary>Its deadline has passed.</summary>
    public void OnDeadline()
    {
        switch (Stage)
        {
            case ConnectionStage.Hello:
                End(ConnectionOutcome.ClientHelloTimeout);
                break;
            case ConnectionStage.Connecting:
                ConnectFailed(ConnectionOutcome.ConnectTimeout);
                break;
            case ConnectionStage.Splicing when _loop.Now - _lastActivity >= IdleLimit:
                End(ConnectionOutcome.IdleTimeout, reset: _up.IsBlocked || _down.IsBlocked);
                break;
            case ConnectionStage.Splicing:
                _loop.Timers.Set(this, _lastActivity + IdleLimit);
                break;
            default:
                break;
        }
    }

    /// <summary>Ends it: closes both descriptors, gives back what it holds, and reports.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="reset">Whether both peers get a reset rather than the end of the stream.</param>
    public void End(ConnectionOutcome outcome, bool reset = false)
    {
        if (Stage == ConnectionStage.Hello)
        {
            _loop.Context.Tracker.Sniffed();
        }

        if (Stage == ConnectionStage.Splicing)
        {
            _endpoint!.State.Disconnected();
            _cluster!.Stats.Disconnected();
            _cluster.Stats.Transferred(_up.Bytes, _down.Bytes);
        }

        Close(_downstream, reset);
        CloseUpstream(reset);
        Report(outcome);
        Recycle();
        _loop.Context.Tracker.Leave();
    }

    private long IdleLimit => _up.IsFinished || _down.IsFinished ? Math.Min(_idleTimeout, _loop.Context.HalfClosedMilliseconds) : _idleTimeout;

    private void ReadHello(ListenerSnapshot? routes)
    {
        if (routes is null && !_loop.Context.Routes.Current.Listeners.TryGetValue(_listener!.Name, out routes))
        {
            End(ConnectionOutcome.NoRoute);
            return;
        }

        var scratch = _loop.Scratch.Current;
        var received = _peeks
            ? LinuxSystemCalls.Peek(_downstream, scratch, ScratchBuffers.BufferBytes)
            : LinuxSystemCalls.Receive(_downstream, scratch, ScratchBuffers.BufferBytes);
        if (received <= 0)
        {
            NothingReceived(received);
            return;
        }

        _up.Readable = received == ScratchBuffers.BufferBytes || _up.SourceClosing;
        var hello = Collect(new ReadOnlySpan<byte>(scratch, received));
        if (hello.Length < _helloNeeded)
        {
            WaitForMore(hello);
            return;
        }

        var selection = FilterChainSelector.Select(hello, routes, new SelectionLimits(_loop.Context.MaxClientHelloBytes, _loop.Context.Reporter.WantsServerName));
        if (selection.IsDecided)
        {
            Serve(selection, _peeks ? default : hello);
        }
        else
        {
            _helloNeeded = selection.BytesNeeded;
            WaitForMore(hello);
        }
    }

    private void NothingReceived(int result)
    {
        if (result is -LinuxSystemCalls.EAGAIN or -LinuxSystemCalls.EINTR)
        {
            _up.Readable = result == -LinuxSystemCalls.EINTR;
            return;
        }

        var reset = result < 0;
        End(reset ? ConnectionOutcome.DownstreamReset : ConnectionOutcome.ClientHelloIncomplete, reset);
    }

    /// <summary>The hello so far: the bytes just received, behind those received earlier.</summary>
    private ReadOnlySpan<byte> Collect(ReadOnlySpan<byte> received)
    {
        if (_peeks || _helloLength == 0)
        {
            return received;
        }

        Keep(received);
        return _hello.AsSpan(0, _helloLength);
    }

    private void WaitForMore(ReadOnlySpan<byte> hello)
    {
        if (!_peeks && _helloLength == 0)
        {
            Keep(hello);
        }

        if (_up.SourceClosing)
        {
            // The client has closed, and one read takes all that a socket holds of a hello: nothing more will come.
            End(ConnectionOutcome.ClientHelloIncomplete);
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_hello is null || _hello.Length < _helloLength + bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_helloLength + bytes.Length);
            _hello.AsSpan(0, _helloLength).CopyTo(larger);
            ReturnHello();
            _hello = larger;
        }

        bytes.CopyTo(_hello.AsSpan(_helloLength));
        _helloLength += bytes.Length;
    }

    private void Serve(in Selection selection, ReadOnlySpan<byte> hello)
    {
        _serverName = selection.ServerName;
        _filterChain = selection.Chain;
        switch (selection.Chain?.Action)
        {
            case null:
                End(selection.Refusal);
                break;
            case QuarantinedConfig:
                End(ConnectionOutcome.FilterChainQuarantined);
                break;
            case TcpProxyConfig proxy:
                if (!_peeks && _helloLength == 0)
                {
                    Keep(hello);
                }

                StartConnecting(proxy);
                break;
            default:
                HandOver();
                break;
        }
    }

    private void StartConnecting(TcpProxyConfig proxy)
    {
        _loop.Context.Tracker.Sniffed();
        Stage = ConnectionStage.Connecting;
        _idleTimeout = proxy.IdleTimeout == Timeout.InfiniteTimeSpan ? long.MaxValue / 2 : (long)proxy.IdleTimeout.TotalMilliseconds;
        var target = _filterChain!.NextTarget();
        _cluster = target.Cluster;
        if (_cluster.Current is not { } cluster)
        {
            End(_cluster.Config is null ? ConnectionOutcome.NoCluster : ConnectionOutcome.NoEndpoints);
            return;
        }

        _attempts = new EndpointAttempts(cluster.Select(target.MetadataMatch), _loop.Context.ConnectAttempts(proxy));
        _connectDeadline = _loop.Now + (long)cluster.Config.ConnectTimeout.TotalMilliseconds;
        ConnectNext(ConnectionOutcome.NoEndpoints);
    }

    private void ConnectNext(ConnectionOutcome lastFailure)
    {
        while (_attempts.Next() is { } endpoint)
        {
            _endpoint = endpoint;
            var result = endpoint.NativeAddress.IsEmpty ? -LinuxSystemCalls.EINVAL : LinuxSystemCalls.Connect(endpoint.NativeAddress.Span, out _upstream);
            if (result is 0 or -LinuxSystemCalls.EINPROGRESS)
            {
                // What is left of the budget is shared evenly by the attempts that are left.
                var share = Math.Max(TimerWheel.SlotMilliseconds, (_connectDeadline - _loop.Now) / (_attempts.Left + 1));
                _loop.Timers.Set(this, _loop.Now + share);
                _loop.Watch(_upstream, EventTag.Connection(Slot, Generation, upstream: true));
                return;
            }

            CountConnectFailure(timedOut: false);
            CloseUpstream(reset: false);
            lastFailure = ConnectionOutcome.ConnectFailed;
        }

        if (_attempts.Count == 0)
        {
            _cluster!.Stats.NoneHealthy();
        }

        End(lastFailure);
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
        CountConnectFailure(failure == ConnectionOutcome.ConnectTimeout);
        CloseUpstream(reset: false);
        _down.Readable = _down.SourceClosing = false;
        ConnectNext(failure);
    }

    private void CountConnectFailure(bool timedOut)
    {
        _endpoint!.State.ConnectFailed();
        _cluster!.Stats.ConnectFailed(timedOut);
    }

    private void StartSplicing()
    {
        Stage = ConnectionStage.Splicing;
        _endpoint!.State.Connected();
        _cluster!.Stats.Connected();
        _lastActivity = _loop.Now;
        _up.Start(_downstream, _upstream);
        _down.Start(_upstream, _downstream);
        _loop.Timers.Set(this, _lastActivity + IdleLimit);
        if (_helloLength > 0 && !_up.SendFirst(_loop, _hello.AsSpan(0, _helloLength)))
        {
            TargetClosed(_up);
            return;
        }

        FreeHello();
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
        _loop.Timers.Set(this, _lastActivity + IdleLimit);
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

    /// <summary>Gives the descriptor, from which nothing was taken, to the part of the program that terminates connections.</summary>
    private void HandOver()
    {
        _loop.Context.Tracker.Sniffed();
        _loop.Unwatch(_downstream);
        var descriptor = _downstream;
        var listener = _listener!;
        var acceptedAt = _acceptedAt;
        Recycle();
        _loop.Context.Tracker.HandOver();
        _loop.Context.HandOver(listener.Name, descriptor, _loop.Now - acceptedAt);
    }

    private void CloseUpstream(bool reset)
    {
        if (_upstream >= 0)
        {
            Close(_upstream, reset);
            _upstream = -1;
        }
    }

    private static void Close(int descriptor, bool reset)
    {
        if (reset)
        {
            LinuxSystemCalls.ResetOnClose(descriptor);
        }

        // Closing takes the descriptor out of the epoll set as well: nothing else refers to the socket.
        LinuxSystemCalls.Close(descriptor);
    }

    private void Report(ConnectionOutcome outcome) => _loop.Context.Reporter.Report(new ConnectionReport
    {
        Outcome = outcome,
        Listener = _listener!.Name,
        ConnectionId = _loop.Context.Reporter.WantsServerName ? $"{_loop.Index}-{Slot}-{Generation}" : "",
        FilterChain = _filterChain,
        Cluster = _cluster,
        Endpoint = _endpoint,
        ServerName = _serverName,
        BytesSent = Stage == ConnectionStage.Splicing ? _up.Bytes : 0,
        BytesReceived = Stage == ConnectionStage.Splicing ? _down.Bytes : 0,
        Duration = TimeSpan.FromMilliseconds(_loop.Now - _acceptedAt),
    });

    private void Recycle()
    {
        _loop.Timers.Clear(this);
        _up.Release(_loop);
        _down.Release(_loop);
        FreeHello();
        Stage = ConnectionStage.Free;
        _listener = null;
        _filterChain = null;
        _cluster = null;
        _endpoint = null;
        _attempts = default;
        _serverName = "";
        _peeks = _upstreamRefused = false;
        _down.Readable = _down.SourceClosing = false;
        _loop.Free(this);
    }

    private void FreeHello()
    {
        ReturnHello();
        _helloLength = 0;
    }

    private void ReturnHello()
    {
        if (_hello is not null)
        {
            ArrayPool<byte>.Shared.Return(_hello);
            _hello = null;
        }
    }
}

/// <summary>How far a connection has come.</summary>
internal enum ConnectionStage
{
    /// <summary>No connection: the object waits to be used.</summary>
    Free,

    /// <summary>Waiting for the ClientHello.</summary>
    Hello,

    /// <summary>Connecting to an endpoint.</summary>
    Connecting,

    /// <summary>Moving bytes.</summary>
    Splicing,
}
