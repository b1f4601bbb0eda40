using System.Net;
using System.Net.Sockets;

namespace Zoneway.TestUtilities;

/// <summary>A loopback address that refuses connections: bound, so that nobody else gets it, but not listening.</summary>
public sealed class RefusingEndpoint : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RefusingEndpoint() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    public void Dispose() => _socket.Dispose();
}

/// <summary>A loopback address where a connect neither succeeds nor fails: its queue of unaccepted connections is full, so that the kernel drops every SYN.</summary>
public sealed class SilentEndpoint : IDisposable
{
    private readonly ScriptedUpstream _listener = new(backlog: 0);
    private readonly List<Socket> _waiting = [];

    private SilentEndpoint()
    {
    }

    public IPEndPoint Address => _listener.Address;

    public static async Task<SilentEndpoint> CreateAsync()
    {
        var endpoint = new SilentEndpoint();
        while (await endpoint.TakesAnotherAsync())
        {
        }

        return endpoint;
    }

    public void Dispose()
    {
        foreach (var socket in _waiting)
        {
            socket.Dispose();
        }

        _listener.Dispose();
    }

    private async Task<bool> TakesAnotherAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _waiting.Add(socket);
        // On loopback the kernel answers within the call. Where it does not, its first repetition comes a second later.
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        try
        {
            await socket.ConnectAsync(Address, patience.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
