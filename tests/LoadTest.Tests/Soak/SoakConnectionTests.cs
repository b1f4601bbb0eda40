using System.Net;
using System.Net.Sockets;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Soak;
using Zoneway.TestUtilities;

namespace Zoneway.LoadTest.Tests.Soak;

/// <summary>That the soak sees a byte that is wrong.</summary>
public sealed class SoakConnectionTests
{
    private const uint Seed = 4711;

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    [InlineData(70_000, 1)]
    [InlineData(99_999, 1)]
    public async Task ReceivePattern_ByteChanged_IsCounted(int changed, int expected)
    {
        var tally = new SoakTally();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var connection = new SoakConnection(tally, new byte[16 * 1024], Seed);
        await connection.ConnectAsync(((IPEndPoint)listener.LocalEndpoint).Port, CancellationToken.None).WithinLimit();
        using var server = await listener.AcceptTcpClientAsync().WithinLimit();

        var sending = SendAsync(server, changed);
        var received = await connection.ReceivePatternAsync(long.MaxValue, CancellationToken.None).WithinLimit();
        await sending;

        Assert.Equal(100_000, received);
        Assert.Equal(100_000, tally.VerifiedBytes);
        Assert.Equal(expected, tally.WrongBytes);
        Assert.Equal(expected == 0, tally.IsClean);
    }

    private static async Task SendAsync(TcpClient server, int changed)
    {
        var bytes = Pattern();
        if (changed >= 0)
        {
            bytes[changed] ^= 1;
        }

        await server.GetStream().WriteAsync(bytes);
        server.Client.Shutdown(SocketShutdown.Send);
    }

    private static unsafe byte[] Pattern() => new ReadOnlySpan<byte>(BytePattern.At(Seed), 100_000).ToArray();
}
