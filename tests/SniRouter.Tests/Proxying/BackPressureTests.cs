using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>A reader that takes nothing stops the sender at the other end of the proxy; nothing piles up between, and nothing is lost.</summary>
public abstract class BackPressureTests(PathUnderTest path)
{
    private const int Pending = 64 * 1024 * 1024;

    // What the kernel may hold in the four socket buffers on the way (tcp_rmem 6 MiB and tcp_wmem 4 MiB at most, twice) and a little more for the proxy itself.
    private const int MostOnTheWay = 24 * 1024 * 1024;

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
}
