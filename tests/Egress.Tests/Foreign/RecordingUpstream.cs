using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>An external service that keeps every byte sent to it, as text, and answers each head of a request with 200 without looking further.</summary>
internal sealed class RecordingUpstream : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _received = new();

    public RecordingUpstream()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>All that has come, in the order it was read.</summary>
    public string Received => string.Concat(_received);

    /// <summary>Forgets what has come.</summary>
    public void Clear() => _received.Clear();

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            var buffer = new byte[64 * 1024];
            var head = "";
            try
            {
                while (await socket.ReceiveAsync(buffer) is var count and > 0)
                {
                    var text = Encoding.Latin1.GetString(buffer, 0, count);
                    _received.Enqueue(text);
                    head += text;
                    if (head.Contains("\r\n\r\n", StringComparison.Ordinal))
                    {
                        head = "";
                        await socket.SendAsync(Answer);
                    }
                }
            }
            catch (SocketException)
            {
                // A reset ends it as well as a FIN.
            }
        }
    }
}
