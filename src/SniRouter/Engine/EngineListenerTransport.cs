using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Zoneway.SniRouter.Listeners;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Engine;

/// <summary>The engine's listeners: one socket each, from which every loop accepts.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EngineListenerTransport : IListenerTransport, IAsyncDisposable
{
    private const int Backlog = 8192;
    private const int TcpDeferAccept = 9;

    private readonly EngineContext _context;
    private readonly RouteTable _routes;
    private readonly CancellationTokenRegistration _aborted;
    private readonly CancellationTokenRegistration _idleClosed;
    private int _nextId;
    private int _started;

    public EngineListenerTransport(EngineContext context, RouteTable routes, ConnectionTracker tracker)
    {
        _context = context;
        _routes = routes;
        _aborted = tracker.Aborted.UnsafeRegister(static state => ((EngineListenerTransport)state!).AbortAll(), this);
        _idleClosed = tracker.IdleClosed.UnsafeRegister(static state => ((EngineListenerTransport)state!).CloseIdle(), this);
    }

    public ValueTask<IBoundListener> BindAsync(string listener, IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = address.Address.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(address);
            DeferAccept(listener, socket);
            socket.Listen(Backlog);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        StartLoops();
        var shared = new LoopListener(Interlocked.Increment(ref _nextId), listener, socket, _context.Loops.Count);
        var bound = new BoundListener(shared, (IPEndPoint)socket.LocalEndPoint!, _context);
        foreach (var loop in _context.Loops)
        {
            loop.Post(() => loop.Listen(shared));
        }

        return ValueTask.FromResult<IBoundListener>(bound);
    }

    public ValueTask DisposeAsync()
    {
        _aborted.Dispose();
        _idleClosed.Dispose();
        foreach (var loop in _context.Loops)
        {
            if (_started == 0)
            {
                loop.Dispose();
            }
            else
            {
                loop.Post(loop.Stop);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Where the client speaks first, the kernel keeps a connection until its first bytes are there, which saves a turn of the loop.</summary>
    private void DeferAccept(string listener, Socket socket)
    {
        if (_context.DefersAccept && _routes.Current.Listeners.TryGetValue(listener, out var routes) && routes.Unconditional is null)
        {
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpDeferAccept, BitConverter.GetBytes(1));
        }
    }

    private void StartLoops()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            foreach (var loop in _context.Loops)
            {
                loop.Start();
            }
        }
    }

    private void CloseIdle()
    {
        foreach (var loop in _context.Loops)
        {
            loop.Post(loop.CloseIdle);
        }
    }

    private void AbortAll()
    {
        foreach (var loop in _context.Loops)
        {
            loop.Post(loop.AbortAll);
        }
    }

    private sealed class BoundListener(LoopListener listener, IPEndPoint endPoint, EngineContext context) : IBoundListener
    {
        public IPEndPoint EndPoint => endPoint;

        public async ValueTask UnbindAsync(CancellationToken cancellationToken)
        {
            foreach (var loop in context.Loops)
            {
                loop.Post(() => loop.StopListening(listener));
            }

            await listener.Released.WaitAsync(cancellationToken);
        }
    }
}
