using System.Net;
using System.Net.Sockets;

namespace Zoneway.Xds.Tests.Grpc;

/// <summary>A TCP server that sends bytes of its own choice to every client and then reads on, or closes.</summary>
internal sealed class RawTcpServer : IAsyncDisposable
{
    /// <summary>An empty SETTINGS frame and the acknowledgement of the client's. RFC 9113 §6.5.</summary>
    public static readonly byte[] Http2Greeting = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0];

    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly byte[] _greeting;
    private readonly bool _closes;
    private readonly Task _accepting;

    /// <param name="greeting">What every client is sent.</param>
    /// <param name="closes">Whether the connection is closed as soon as the client has sent something.</param>
    public RawTcpServer(byte[] greeting, bool closes)
    {
        _greeting = greeting;
        _closes = closes;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Authority => ((IPEndPoint)_listener.LocalEndPoint!).ToString();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptAsync(_stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            try
            {
                await client.SendAsync(_greeting, _stopping.Token);
                var buffer = new byte[4096];
                while (await client.ReceiveAsync(buffer, _stopping.Token) > 0 && !_closes)
                {
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The test is over, or the client had enough.
            }
        }
    }
}
