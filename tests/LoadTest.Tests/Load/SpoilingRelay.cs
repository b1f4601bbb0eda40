using System.Net;
using System.Net.Sockets;

namespace Zoneway.LoadTest.Tests.Load;

/// <summary>A proxy for one back end that may change bytes on the way.</summary>
internal sealed class SpoilingRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _backendPort;
    private readonly int _spoiledUp;
    private readonly int _spoiledDown;

    /// <param name="backendPort">Where every connection goes.</param>
    /// <param name="spoiledUp">Number of the byte to the back end that is changed; -1 for none.</param>
    /// <param name="spoiledDown">Number of the byte from the back end that is changed; -1 for none.</param>
    public SpoilingRelay(int backendPort, int spoiledUp = -1, int spoiledDown = -1)
    {
        (_backendPort, _spoiledUp, _spoiledDown) = (backendPort, spoiledUp, spoiledDown);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                using var backend = new TcpClient();
                await backend.ConnectAsync(IPAddress.Loopback, _backendPort, _end.Token);
                await Task.WhenAll(CopyAsync(client, backend, _spoiledUp), CopyAsync(backend, client, _spoiledDown));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // One side is gone.
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, long spoiled)
    {
        var buffer = new byte[65_536];
        for (long position = 0; await from.GetStream().ReadAsync(buffer, _end.Token) is > 0 and var length; position += length)
        {
            if (spoiled >= position && spoiled < position + length)
            {
                buffer[spoiled - position] ^= 1;
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, length), _end.Token);
        }

        to.Client.Shutdown(SocketShutdown.Send);
    }
}
