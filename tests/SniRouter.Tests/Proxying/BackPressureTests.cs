using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>A reader that takes nothing stops the sender at the other end of the proxy; nothing piles up between, and nothing is lost.</summary>
public abstract class BackPressureTests(PathUnderTest path)
{
    private const long Mebibyte = 1024 * 1024;

    // What the kernel may hold in the four socket buffers on the way, and a little more for the proxy itself.
    private static readonly long MostOnTheWay = (2 * (LargestBuffer("tcp_rmem", 6 * Mebibyte) + LargestBuffer("tcp_wmem", 4 * Mebibyte))) + Mebibyte;

    private static readonly long Pending = Math.Max(64 * Mebibyte, MostOnTheWay + (32 * Mebibyte));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReaderWaits_SenderHas64MebibytesPending_SenderStopsAndNothingIsLost(bool clientSends)
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        var (sender, reader) = clientSends ? (streams.Client, streams.Server) : (streams.Server, streams.Client);
        var transfer = new BulkTransfer(Pending);

        var sending = transfer.SendAsync(sender);
        await transfer.StalledAsync();
        long onTheWay = transfer.Done;
        byte[] received = await new BulkTransfer(Pending).ReceiveAsync(reader);

        Assert.InRange(onTheWay, 0, MostOnTheWay);
        Assert.Equal(await sending, received);
    }

    [Fact]
    public async Task OneDirectionStalled_OtherDirectionFlows()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        var stalled = new BulkTransfer(Pending);
        var sending = stalled.SendAsync(streams.Client, seed: 1);
        await stalled.StalledAsync();

        var answering = new BulkTransfer(Pending / 4).SendAsync(streams.Server, seed: 2);
        byte[] answer = await new BulkTransfer(Pending / 4).ReceiveAsync(streams.Client);
        byte[] received = await new BulkTransfer(Pending).ReceiveAsync(streams.Server);

        Assert.Equal(await answering, answer);
        Assert.Equal(await sending, received);
        streams.Client.FinishSending();
        streams.Server.FinishSending();
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Completed);
    }

    /// <summary>The largest size that the kernel gives a buffer by itself: the last of three numbers.</summary>
    private static long LargestBuffer(string setting, long otherwise)
    {
        string file = $"/proc/sys/net/ipv4/{setting}";
        return File.Exists(file) ? long.Parse(File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1]) : otherwise;
    }
}
