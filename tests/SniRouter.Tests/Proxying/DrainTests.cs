using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>The end of a drain: whatever is still open ends at once, in every phase.</summary>
public abstract class DrainTests(PathUnderTest path)
{
    // Shorter than the idle timeout that connections have otherwise.
    private static readonly TimeSpan DrainIdle = TimeSpan.FromSeconds(10);

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
    public async Task CloseIdle_SilentConnection_EndsInOrderOnBothSides()
    {
        var clock = new ManualTimeProvider();
        // Only the hello has passed: had the client just got a byte, the proxy could still be busy with it and would reset rather than finish.
        await using var streams = await SplicedStreams.OpenAsync(path, ProxyConfigs.ProxyTo() with { IdleTimeout = Timeout.InfiniteTimeSpan }, clock);

        streams.Proxy.Tracker.CloseIdle(DrainIdle);
        await AdvanceUntilOverAsync(streams.Proxy, clock);

        Assert.Equal(TcpEnd.Finished, await streams.Client.EndAsync());
        Assert.Equal(TcpEnd.Finished, await streams.Server.EndAsync());
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Drained);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CloseIdle_OneDirectionActive_LivesOnUntilItIsSilent(bool clientSends)
    {
        var clock = new ManualTimeProvider();
        await using var streams = await SplicedStreams.OpenAsync(path, time: clock);
        var (sender, reader) = clientSends ? (streams.Client, streams.Server) : (streams.Server, streams.Client);

        streams.Proxy.Tracker.CloseIdle(DrainIdle);
        for (int i = 0; i < 6; i++)
        {
            clock.Advance(DrainIdle * 0.45);
            await sender.SendAsync("tick");
            Assert.Equal("tick", await reader.ReceiveTextAsync(4));
        }

        await streams.ExpectAliveAsync();
        await AdvanceUntilOverAsync(streams.Proxy, clock);
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Drained);
    }

    [Fact]
    public async Task CloseIdle_ConnectionThatComesLater_EndsWhenSilent()
    {
        var clock = new ManualTimeProvider();
        using var upstream = new ScriptedUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: clock);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));

        proxy.Tracker.CloseIdle(DrainIdle);
        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        using var server = await upstream.AcceptAsync();
        Assert.Equal(SplicedStreams.Hello, await server.ReceiveAsync(SplicedStreams.Hello.Length));
        await AdvanceUntilOverAsync(proxy, clock);

        await proxy.ExpectAsync(ConnectionOutcome.Drained);
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

    // Again and again: the proxy may note the last byte, or start its timer, only after the first step.
    private static Task AdvanceUntilOverAsync(ProxyUnderTest proxy, ManualTimeProvider clock) =>
        Eventually.TrueAsync(() => proxy.Tracker.Active == 0, meanwhile: () => clock.Advance(DrainIdle));
}
