using System.Net;
using System.Net.Sockets;

namespace Zoneway.TestUtilities;

/// <summary>A back end on loopback that does with each connection what the test says.</summary>
public sealed class ScriptedUpstream : IDisposable
{
    private readonly Socket _listener;

    /// <param name="backlog">Connections that may wait to be accepted.</param>
    public ScriptedUpstream(int backlog = 512)
    {
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(backlog);
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>The next connection.</summary>
    public async Task<TcpPeer> AcceptAsync()
    {
        var socket = await _listener.AcceptAsync().WithinLimit();
        socket.NoDelay = true;
        return new TcpPeer(socket);
    }

    /// <summary>Whether a connection waits to be accepted.</summary>
    public bool HasConnection => _listener.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    public void Dispose() => _listener.Dispose();
}
