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
internal sealed unsafe partial class PassthroughConnection
{
    /// <summary>Where the connection stands in its loop's timer wheel; the wheel's business only.</summary>
    public TimerEntry Timer = TimerEntry.None;

    private readonly EventLoop _loop;
    private readonly SpliceDirection _up = new();
    private readonly SpliceDirection _down = new();
    private int _downstream;
    private int _upstream = -1;
    private LoopListener? _listener;
    private HelloBuffer _hello;
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
    private CircuitBreakerHold _held;
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
        if (_loop.Context.Tracker.Aborted.IsCancellationRequested)
        {
            End(ConnectionOutcome.Drained, reset: true);
            return;
        }

        if (!_loop.Context.Routes.Current.Listeners.TryGetValue(listener.Name, out var routes))
        {
            End(ConnectionOutcome.NoRoute);
            return;
        }

        BeginLog(routes);
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
        if (Stage == ConnectionStage.Free)
        {
            // It ended earlier in this turn of the loop.
            return;
        }

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
                OnConnectDeadline();
                break;
            case ConnectionStage.Splicing when _loop.Now >= LastMoment:
                End(ConnectionOutcome.DurationTimeout, reset: _up.IsBlocked || _down.IsBlocked);
                break;
            case ConnectionStage.Splicing when _loop.Now - _lastActivity >= IdleLimit:
                End(_loop.DrainIdleMilliseconds == long.MaxValue ? ConnectionOutcome.IdleTimeout : ConnectionOutcome.Drained, reset: _up.IsBlocked || _down.IsBlocked);
                break;
            case ConnectionStage.Splicing:
                WaitForSilence();
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

        _cluster?.CircuitBreaker.Release(ref _held);
        Close(_downstream, reset);
        CloseUpstream(reset);
        _loop.Context.Reporter.Report(ToReport(outcome));
        Recycle();
        _loop.Context.Tracker.Leave();
    }

    /// <summary>The connection's id in logs: loop, slot and generation.</summary>
    public override string ToString() => $"{_loop.Index}-{Slot}-{Generation}";

    /// <summary>Sets the deadline at which it may have been silent for too long.</summary>
    public void WaitForSilence() => _loop.Timers.Set(this, Math.Min(_lastActivity + IdleLimit, LastMoment));

    private long IdleLimit => Math.Min(_loop.DrainIdleMilliseconds, _up.IsFinished || _down.IsFinished ? Math.Min(_idleTimeout, _loop.Context.HalfClosedMilliseconds) : _idleTimeout);

    /// <summary>When it will have lasted as long as its chain allows.</summary>
    private long LastMoment => _filterChain!.Action is TcpProxyConfig { MaxDuration: var limit } && limit != Timeout.InfiniteTimeSpan
        ? _acceptedAt + (long)limit.TotalMilliseconds
        : long.MaxValue;

    private void CloseUpstream(bool reset)
    {
        CloseRacing(reset);
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

    private void Recycle()
    {
        _loop.Timers.Clear(this);
        _up.Release(_loop);
        _down.Release(_loop);
        _hello.Clear(_loop.Hellos);
        Stage = ConnectionStage.Free;
        _listener = null;
        _filterChain = null;
        _cluster = null;
        _endpoint = null;
        _attempts = default;
        _serverName = "";
        _accessLog = null;
        _racing = null;
        _peeks = _upstreamRefused = false;
        _down.Readable = _down.SourceClosing = false;
        _loop.Free(this);
    }
}
