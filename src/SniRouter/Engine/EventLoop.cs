using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Engine;

/// <summary>
/// One thread with one epoll instance, and the connections that live on it: accepts, reads hellos, connects, moves bytes and keeps the timers. Nothing in it blocks but the wait
/// for events; nothing in it is shared but the queues by which work comes in.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EventLoop : IDisposable
{
    private const int EventsPerWait = 256;
    private const int AcceptsPerTurn = 64;
    private const int AcceptPauseMilliseconds = 100;

    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly EpollEvents _events = EpollEvents.Allocate(EventsPerWait);
    private readonly EpollEvents _change = EpollEvents.Allocate(1);
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly ConcurrentQueue<AcceptedSocket> _handedIn = new();
    private readonly Dictionary<int, LoopListener> _listeners = [];
    private readonly List<LoopListener> _paused = [];
    private readonly List<PassthroughConnection> _connections = [];
    private readonly Stack<PassthroughConnection> _free = new();
    private readonly List<PassthroughConnection> _freed = [];
    private readonly Queue<PassthroughConnection> _ready = new();
    private readonly Action<PassthroughConnection> _onDeadline;
    private readonly LoopClock _clock;
    private long _acceptAgainAt = long.MaxValue;
    private int _load;
    private bool _stopping;

    public EventLoop(int index, EngineContext context)
    {
        Index = index;
        Context = context;
        _onDeadline = Expire;
        _epoll = Descriptor(LinuxSystemCalls.CreateEpoll());
        _wakeUp = Descriptor(LinuxSystemCalls.CreateEvent());
        Add(_wakeUp, EpollMask.In, EventTag.Wake);
        _clock = new LoopClock(context.Time, () => LinuxSystemCalls.SignalEvent(_wakeUp));
        Timers = new TimerWheel(_clock.Now);
    }

    /// <summary>Number of the loop, for logs.</summary>
    public int Index { get; }

    /// <summary>What all loops share.</summary>
    public EngineContext Context { get; }

    /// <summary>Milliseconds of the loop's clock, read once per turn.</summary>
    public long Now => _clock.Now;

    /// <summary>The deadlines of the loop's connections.</summary>
    public TimerWheel Timers { get; }

    /// <summary>The buffers that the loop copies through.</summary>
    public ScratchBuffers Scratch { get; } = new();

    /// <summary>The buffers that hellos wait in.</summary>
    public HelloBuffers Hellos { get; } = new();

    /// <summary>The pipes that the loop splices through.</summary>
    public PipePool Pipes { get; } = new();

    /// <summary>Connections on this loop. Read by other loops, to balance.</summary>
    public int Load => Volatile.Read(ref _load);

    /// <summary>Starts the loop's thread.</summary>
    public void Start() => new Thread(Run, maxStackSize: 512 * 1024) { IsBackground = true, Name = $"zoneway-loop-{Index}" }.Start();

    /// <summary>Runs something on the loop's thread, soon. Any thread may call.</summary>
    public void Post(Action command)
    {
        _commands.Enqueue(command);
        LinuxSystemCalls.SignalEvent(_wakeUp);
    }

    /// <summary>Begins to accept from a listener. Only on the loop's thread.</summary>
    public void Listen(LoopListener listener)
    {
        _listeners[listener.Id] = listener;
        Add(listener.Descriptor, EpollMask.In | EpollMask.Exclusive, EventTag.Listener(listener.Id));
    }

    /// <summary>Accepts what waits in a listener's queue, then lets go of it. Only on the loop's thread.</summary>
    public void StopListening(LoopListener listener)
    {
        Accept(listener);
        _paused.Remove(listener);
        _listeners.Remove(listener.Id);
        Unwatch(listener.Descriptor);
        listener.Release();
    }

    /// <summary>Longest time without a byte once silent connections are to end, in milliseconds; until then endless. Only on the loop's thread.</summary>
    public long DrainIdleMilliseconds { get; private set; } = long.MaxValue;

    /// <summary>From now on ends connections that fall silent. Only on the loop's thread.</summary>
    public void CloseIdle()
    {
        DrainIdleMilliseconds = (long)Context.Tracker.IdleLimit.TotalMilliseconds;
        foreach (var connection in _connections)
        {
            if (connection.Stage == ConnectionStage.Splicing)
            {
                connection.WaitForSilence();
            }
        }
    }

    /// <summary>Ends every connection at once. Only on the loop's thread.</summary>
    public void AbortAll()
    {
        foreach (var connection in _connections)
        {
            if (connection.Stage != ConnectionStage.Free)
            {
                connection.End(ConnectionOutcome.Drained, reset: true);
            }
        }
    }

    /// <summary>Ends the loop's thread, which then disposes the loop. Only on the loop's thread.</summary>
    public void Stop() => _stopping = true;

    /// <summary>Frees the loop's own descriptors. Only for a loop that was never started; a started one does it itself.</summary>
    public void Dispose()
    {
        _clock.Dispose();
        LinuxSystemCalls.Close(_wakeUp);
        LinuxSystemCalls.Close(_epoll);
    }

    /// <summary>Asks for the events of a connection's descriptor, once and for all.</summary>
    public void Watch(int descriptor, EventTag tag) => Add(descriptor, EpollMask.In | EpollMask.Out | EpollMask.PeerClosed | EpollMask.EdgeTriggered, tag);

    /// <summary>Asks for no more events of a descriptor.</summary>
    public void Unwatch(int descriptor) => LinuxSystemCalls.ControlEpoll(_epoll, EpollOperation.Remove, descriptor, _change.Pointer);

    /// <summary>Gives a connection another turn after the others.</summary>
    public void Enqueue(PassthroughConnection connection)
    {
        if (!connection.IsQueued)
        {
            connection.IsQueued = true;
            _ready.Enqueue(connection);
        }
    }

    /// <summary>Takes back a connection that has ended. It is used again only in a later turn, when no event of it can be left.</summary>
    public void Free(PassthroughConnection connection)
    {
        Interlocked.Decrement(ref _load);
        _freed.Add(connection);
    }

    private void Run()
    {
        while (!_stopping)
        {
            var count = LinuxSystemCalls.WaitEpoll(_epoll, _events.Pointer, _events.Count, _ready.Count > 0 ? 0 : -1);
            _clock.Read();
            for (var i = 0; i < count; i++)
            {
                Dispatch(new EventTag(_events.Tag(i)), _events.Mask(i));
            }

            for (var turns = _ready.Count; turns > 0; turns--)
            {
                GiveTurn(_ready.Dequeue());
            }

            Timers.Advance(Now, _onDeadline);
            ResumeAccepting();
            Reuse();
            _clock.WakeAt(Math.Min(Timers.NextTurn(), _acceptAgainAt));
        }

        Dispose();
    }

    private void Dispatch(EventTag tag, EpollMask mask)
    {
        switch (tag.Kind)
        {
            case EventKind.Connection:
                var connection = _connections[tag.Slot];
                if (tag.IsOf(connection.Generation))
                {
                    Serve(connection, tag.IsUpstream, mask);
                }

                break;
            case EventKind.Listener:
                if (_listeners.TryGetValue(tag.Slot, out var listener))
                {
                    Accept(listener);
                }

                break;
            default:
                RunCommands();
                break;
        }
    }

    private void Serve(PassthroughConnection connection, bool upstream, EpollMask mask)
    {
        try
        {
            connection.OnEvent(upstream, mask);
        }
        catch (Exception exception)
        {
            Fault(connection, exception);
        }
    }

    private void Expire(PassthroughConnection connection)
    {
        try
        {
            connection.OnDeadline();
        }
        catch (Exception exception)
        {
            Fault(connection, exception);
        }
    }

    private void GiveTurn(PassthroughConnection connection)
    {
        connection.IsQueued = false;
        try
        {
            connection.OnTurn();
        }
        catch (Exception exception)
        {
            Fault(connection, exception);
        }
    }

    /// <summary>A fault of the proxy ends the connection concerned, never the loop with all the others.</summary>
    private void Fault(PassthroughConnection connection, Exception exception)
    {
        Context.Reporter.Fault(connection.ToString(), exception);
        if (connection.Stage != ConnectionStage.Free)
        {
            connection.End(ConnectionOutcome.InternalError, reset: true);
        }
    }

    private void RunCommands()
    {
        LinuxSystemCalls.ResetEvent(_wakeUp);
        while (_handedIn.TryDequeue(out var accepted))
        {
            Begin(accepted.Listener, accepted.Descriptor);
        }

        while (_commands.TryDequeue(out var command))
        {
            command();
        }
    }

    private void Accept(LoopListener listener)
    {
        for (var i = 0; i < AcceptsPerTurn; i++)
        {
            var descriptor = LinuxSystemCalls.Accept(listener.Descriptor);
            if (descriptor < 0)
            {
                AcceptFailed(listener, -descriptor);
                return;
            }

            if (Context.Tracker.TryEnter() is { } limit)
            {
                Refuse(listener, descriptor, limit);
                continue;
            }

            var loop = Context.Balance(this);
            if (loop == this)
            {
                Interlocked.Increment(ref _load);
                Begin(listener, descriptor);
            }
            else
            {
                loop.HandIn(new AcceptedSocket(listener, descriptor));
            }
        }
    }

    private void HandIn(AcceptedSocket accepted)
    {
        Interlocked.Increment(ref _load);
        _handedIn.Enqueue(accepted);
        LinuxSystemCalls.SignalEvent(_wakeUp);
    }

    private void Begin(LoopListener listener, int descriptor)
    {
        if (!_free.TryPop(out var connection))
        {
            connection = new PassthroughConnection(this, _connections.Count);
            _connections.Add(connection);
        }

        try
        {
            connection.Start(listener, descriptor);
        }
        catch (Exception exception)
        {
            Fault(connection, exception);
        }
    }

    private void Refuse(LoopListener listener, int descriptor, ConnectionOutcome limit)
    {
        LinuxSystemCalls.ResetOnClose(descriptor);
        LinuxSystemCalls.Close(descriptor);
        Context.Reporter.Report(new ConnectionReport { Outcome = limit, Listener = listener.Name, ConnectionId = "", ServerName = "" });
    }

    /// <summary>
    /// Without descriptors or memory for a connection, it stays in the queue and the event would come again at once: the loop stops looking for a while.
    /// </summary>
    private void AcceptFailed(LoopListener listener, int error)
    {
        if (error is LinuxSystemCalls.EMFILE or LinuxSystemCalls.ENFILE or LinuxSystemCalls.ENOBUFS or LinuxSystemCalls.ENOMEM && !_paused.Contains(listener))
        {
            Context.AcceptFailed(listener.Name, error);
            _paused.Add(listener);
            _acceptAgainAt = Now + AcceptPauseMilliseconds;
            Unwatch(listener.Descriptor);
        }
    }

    private void ResumeAccepting()
    {
        if (_paused.Count > 0 && Now >= _acceptAgainAt)
        {
            foreach (var listener in _paused)
            {
                Listen(listener);
            }

            _paused.Clear();
            _acceptAgainAt = long.MaxValue;
        }
    }

    private void Reuse()
    {
        foreach (var connection in _freed)
        {
            _free.Push(connection);
        }

        _freed.Clear();
    }

    private void Add(int descriptor, EpollMask mask, EventTag tag)
    {
        _change.Set(0, mask, tag.Value);
        Descriptor(LinuxSystemCalls.ControlEpoll(_epoll, EpollOperation.Add, descriptor, _change.Pointer));
    }

    private static int Descriptor(int result) =>
        result >= 0 ? result : throw new InvalidOperationException($"The system refused an event loop: error {-result}.");
}

/// <summary>A connection on its way to another loop.</summary>
/// <param name="Listener">What accepted it.</param>
/// <param name="Descriptor">Its descriptor.</param>
[SupportedOSPlatform("linux")]
internal readonly record struct AcceptedSocket(LoopListener Listener, int Descriptor);
