using System.Net;
using System.Net.Sockets;
using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Running;

/// <summary>Asks a proxy for one route, to see that it serves it.</summary>
internal static class RouteProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Connects, says hello, and reads the greeting.</summary>
    /// <returns>Number of the back end; null when there was no right greeting.</returns>
    public static async Task<int?> AskAsync(int port, int route)
    {
        var hello = HelloBook.Build(HelloShape.Small, route);
        new StreamOrder(StreamKind.GreetOnly, 1).WriteTo(hello);
        using var limit = new CancellationTokenSource(Limit);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), limit.Token);
            await socket.SendAsync(hello, limit.Token);
            var bytes = new byte[Greeting.Size];
            await using var stream = new NetworkStream(socket);
            await stream.ReadExactlyAsync(bytes, limit.Token);
            return Greeting.TryRead(bytes, out var greeting) && greeting.IsHelloIntact ? greeting.Backend : null;
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
