using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load;

/// <summary>One connection of the client, again and again: connects, says hello, checks the greeting, and then does what its kind does.</summary>
internal abstract partial class ClientConnection(LoadContext context) : IEventHandler
{
    private ulong _tag;
    private Stage _stage;
    private int _route;

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
}
