using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Zoneway.TestUtilities;

namespace Zoneway.MutualTls.Tests;

/// <summary>A port at which a <see cref="ServerTls"/> ends TLS and tells every client who it is.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<TlsHandshake> _handshakes = Channel.CreateUnbounded<TlsHandshake>();
    private readonly ServerTls _tls;
    private readonly Task _accepting;

    public TlsServer(ServerTls tls)
    {
        _tls = tls;
        _listener.Start();
        Address = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    public IPEndPoint Address { get; }

    /// <summary>The next handshake that has ended. Its stream has ended too.</summary>
    public Task<TlsHandshake> NextAsync() => _handshakes.Reader.ReadAsync().WithinLimit();

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting.WithinLimit();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync();
                socket.NoDelay = true;
                await ServeAsync(socket);
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        var handshake = await _tls.AuthenticateAsync(new NetworkStream(socket), limit.Token);
        if (handshake.Stream is { } stream)
        {
            await using (stream)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"you are {handshake.Peer}\n"));
                await stream.ShutdownAsync();
                // Whoever closes with bytes unread resets.
                while (await stream.ReadAsync(new byte[1024]) > 0)
                {
                }
            }
        }

        _handshakes.Writer.TryWrite(handshake);
    }
}
