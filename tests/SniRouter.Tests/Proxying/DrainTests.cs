using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>The end of a drain: whatever is still open ends at once, in every phase.</summary>
public abstract class DrainTests(PathUnderTest path)
{
    [Fact]
    public async Task AbortAll_WhileSplicing_ResetsBothSides()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        await streams.ExpectAliveAsync();

        streams.Proxy.Tracker.AbortAll();

        Assert.Equal(TcpEnd.Reset, await streams.Client.EndAsync());
        Assert.Equal(TcpEnd.Reset, await streams.Server.EndAsync());
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Drained);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AbortAll_ReaderTakesNothing_EndsTheConnection(bool clientSends)
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        var transfer = new BulkTransfer(64 * 1024 * 1024);
        var sending = transfer.SendAsync(clientSends ? streams.Client : streams.Server);
        await transfer.StalledAsync();

        streams.Proxy.Tracker.AbortAll();

        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => sending.WithinLimit());
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Drained);
    }

    [Fact]
    public async Task AbortAll_WhileWaitingForTheHello_EndsTheConnection()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo());
        using var client = await proxy.ConnectAsync(SplicedStreams.Hello[..50]);
        await Eventually.TrueAsync(() => proxy.Tracker.Sniffing == 1);

        proxy.Tracker.AbortAll();

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.Drained);
    }

    [Fact]
    public async Task AbortAll_WhileConnecting_EndsTheConnectionAndBlamesNoEndpoint()
    {
        using var silent = await SilentEndpoint.CreateAsync();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(silent.Address));
        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        await Eventually.TrueAsync(() => proxy.Tracker is { Active: 1, Sniffing: 0 });

        proxy.Tracker.AbortAll();

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.Drained);
        Assert.Equal(0, proxy.Cluster().Stats.ConnectFailures);
    }

    [Fact]
    public async Task AbortAll_DirectResponseThatNobodyReads_EndsTheConnection()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.UnconditionalChain(new DirectResponseConfig(new byte[64 * 1024 * 1024]))));
        using var client = await proxy.ConnectAsync();
        await client.ReceiveAsync(1);

        proxy.Tracker.AbortAll();

        await proxy.ExpectAsync(ConnectionOutcome.Drained);
        Assert.Equal(TcpEnd.Reset, await client.EndAsync());
    }

    [Fact]
    public async Task StopAccepting_OpenStreamGoesOn_AndItsEndIsTheEndOfTheDrain()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        var address = streams.Proxy.Address();

        await streams.Proxy.Listeners.StopAcceptingAsync(CancellationToken.None);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => TcpPeer.ConnectAsync(address));
        var drained = streams.Proxy.Tracker.WaitUntilNoneAsync(CancellationToken.None);
        await streams.ExpectAliveAsync();
        Assert.False(drained.IsCompleted);
        streams.Client.FinishSending();
        streams.Server.FinishSending();

        await drained.WithinLimit();
        Assert.Equal(1, streams.Proxy.Count(ConnectionOutcome.Completed));
    }
}
