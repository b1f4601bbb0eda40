using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load;

/// <summary>One connection of the client, again and again: connects, says hello, checks the greeting, and then does what its kind does.</summary>
internal abstract unsafe class ClientConnection(LoadContext context) : IEventHandler
{
    private const int NotConnected = 107;

    private readonly byte[] _greeting = new byte[Greeting.Size];
    private readonly bool _isHelloSplit = context.Request.Hello == HelloShape.PostQuantum;
    private ulong _tag;
    private Stage _stage;
    private int _route;
    private int _helloBytesSent;
    private int _greetingBytes;

    private enum Stage
    {
        Closed,
        SayingHello,
        Greeting,
        Open,
    }

    /// <summary>What it asks the back end for.</summary>
    protected abstract StreamKind Kind { get; }

    protected LoadContext Context => context;

    protected int Descriptor { get; private set; } = -1;

    /// <summary>Where in the pattern its streams begin.</summary>
    protected uint Seed { get; private set; }

    /// <summary>When it began to connect.</summary>
    protected long StartedAt { get; private set; }

    public bool IsOpen => _stage == Stage.Open;

    /// <summary>Begins to connect.</summary>
    public void Start()
    {
        _route = context.NextRoute();
        Seed = context.NextSeed();
        (_helloBytesSent, _greetingBytes) = (0, 0);
        StartedAt = Clock.Now;
        var result = LinuxSystemCalls.Connect(context.Address(_route), out var descriptor);
        Descriptor = descriptor;
        if (result is < 0 and not -LinuxSystemCalls.EINPROGRESS)
        {
            _stage = Stage.Closed;
            Fail($"connect: error {-result}");
            return;
        }

        _stage = Stage.SayingHello;
        _tag = context.Reactor.Add(descriptor, this, EpollMask.In | EpollMask.Out | EpollMask.PeerClosed | EpollMask.EdgeTriggered);
    }

    /// <summary>Ends the connection.</summary>
    public void Close()
    {
        if (Descriptor >= 0)
        {
            if (_stage != Stage.Closed)
            {
                context.Reactor.Remove(_tag);
            }

            LinuxSystemCalls.Close(Descriptor);
            Descriptor = -1;
        }

        context.Opened -= _stage == Stage.Open ? 1 : 0;
        _stage = Stage.Closed;
    }

    /// <inheritdoc/>
    public void OnReady(EpollMask mask)
    {
        const EpollMask Over = EpollMask.Error | EpollMask.HangUp;
        switch (_stage)
        {
            case Stage.SayingHello when (mask & Over) != 0:
                Fail($"connect: error {LinuxSystemCalls.TakeError(Descriptor)}");
                break;
            case Stage.SayingHello when _helloBytesSent == 0:
                SendHello();
                break;
            case Stage.Greeting when (mask & (EpollMask.In | Over)) != 0:
                ReceiveGreeting();
                break;
            case Stage.Open:
                OnOpenReady();
                if (_stage == Stage.Open && (mask & (Over | EpollMask.PeerClosed)) != 0)
                {
                    Fail("closed by the other side");
                }

                break;
        }
    }

    /// <inheritdoc/>
    public void OnTurn()
    {
        if (_stage == Stage.SayingHello)
        {
            SendHello();
        }
        else if (_stage == Stage.Open)
        {
            OnOpenReady();
        }
    }

    /// <summary>The greeting came and was right.</summary>
    protected abstract void OnOpened();

    /// <summary>The open connection can be read or written again, or got the turn it asked for.</summary>
    protected abstract void OnOpenReady();

    /// <summary>Asks for another turn.</summary>
    protected void Continue() => context.Reactor.Enqueue(_tag);

    /// <summary>Counts a failure and connects anew, unless enough failed.</summary>
    protected void Fail(string reason)
    {
        Close();
        context.Fail($"{GetType().Name}: {reason}");
        if (!context.IsStopping && !context.HasGivenUp)
        {
            Start();
        }
    }

    private void SendHello()
    {
        var length = context.WriteHello(_route, new StreamOrder(Kind, Seed));
        var end = _isHelloSplit && _helloBytesSent == 0 ? length * 2 / 3 : length;
        var sent = LinuxSystemCalls.Send(Descriptor, context.Scratch + _helloBytesSent, end - _helloBytesSent);
        if (sent is -LinuxSystemCalls.EAGAIN or -NotConnected)
        {
            return;
        }

        if (sent != end - _helloBytesSent)
        {
            Fail($"send of the hello: {sent}");
            return;
        }

        _helloBytesSent = end;
        if (end == length)
        {
            _stage = Stage.Greeting;
        }
        else
        {
            // The second write comes a turn later, as a second segment.
            Continue();
        }
    }

    private void ReceiveGreeting()
    {
        fixed (byte* greeting = _greeting)
        {
            var length = LinuxSystemCalls.Receive(Descriptor, greeting + _greetingBytes, Greeting.Size - _greetingBytes);
            if (length == -LinuxSystemCalls.EAGAIN)
            {
                return;
            }

            if (length <= 0)
            {
                Fail($"closed before the greeting: {length}");
                return;
            }

            _greetingBytes += length;
            if (_greetingBytes == Greeting.Size)
            {
                CheckGreeting(new ReadOnlySpan<byte>(greeting, Greeting.Size));
                _stage = Stage.Open;
                context.Opened++;
                OnOpened();
            }
        }
    }

    private void CheckGreeting(ReadOnlySpan<byte> bytes)
    {
        if (!Greeting.TryRead(bytes, out var greeting) || !greeting.IsHelloIntact || greeting.Seed != Seed)
        {
            context.WrongBytes++;
        }
        else if (greeting.Backend != context.Backend(_route))
        {
            context.WrongRoutes++;
        }
    }
}
