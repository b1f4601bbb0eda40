using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load.Backend;

/// <summary>One back end: a loopback port with a number, by which clients check where they were routed.</summary>
internal sealed class BackendListener : IEventHandler, IDisposable
{
    private const int Backlog = 8192;
    private const int AcceptsPerEvent = 64;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
    private readonly BackendContext _context;
    private readonly int _number;

    public BackendListener(BackendContext context, int number)
    {
        _context = context;
        _number = number;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen(Backlog);
        context.Reactor.Add(Descriptor, this, EpollMask.In);
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    private int Descriptor => (int)_socket.Handle;

    /// <inheritdoc/>
    public void OnReady(EpollMask mask)
    {
        for (var i = 0; i < AcceptsPerEvent; i++)
        {
            var descriptor = LinuxSystemCalls.Accept(Descriptor);
            if (descriptor < 0)
            {
                return;
            }

            _ = new BackendConnection(_context, descriptor, _number);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <inheritdoc/>
    public void OnTurn()
    {
        // Nothing is put off.
    }
}
