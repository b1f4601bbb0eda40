using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>The limits of time: for the hello, for silence, for a connect attempt.</summary>
public abstract class TimeoutTests(PathUnderTest path)
{
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(10);

    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200)]
    public async Task Hello_NotCompleteInTime_ConnectionIsClosed(int bytesSent)
    {
        await using var proxy = await StartAsync();

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello[..bytesSent]);
        await SniffingAsync(proxy);
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty((await client.ReceiveToEndAsync()).Bytes);
        await proxy.ExpectAsync(ConnectionOutcome.ClientHelloTimeout);
    }

    [Fact]
    public async Task Hello_DrippingIn_TimeCountsFromAcceptAlone()
    {
        await using var proxy = await StartAsync();

        using var client = await proxy.ConnectAsync();
        await SniffingAsync(proxy);
        foreach (byte drop in SplicedStreams.Hello[..4])
        {
            _clock.Advance(TimeSpan.FromSeconds(1.2));
            await client.SendAsync(new[] { drop });
        }

        Assert.Equal(1, proxy.Tracker.Sniffing);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        await proxy.ExpectAsync(ConnectionOutcome.ClientHelloTimeout);
    }

    [Fact]
    public async Task Hello_CompleteJustInTime_IsServedAndNeverTimedOut()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await StartAsync();
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));

        using var client = await proxy.ConnectAsync();
        await SniffingAsync(proxy);
        _clock.Advance(TimeSpan.FromSeconds(4.99));
        await client.SendAsync(SplicedStreams.Hello);
        await client.ReceiveAsync(SplicedStreams.Hello.Length);
        _clock.Advance(TimeSpan.FromSeconds(60));

        await client.SendAsync("alive");
        Assert.Equal("alive", await client.ReceiveTextAsync(5));
    }

    [Fact]
    public async Task Stream_SilentForTheIdleTimeout_EndsInOrderOnBothSides()
    {
        // Only the hello has passed: had the client just got a byte, the proxy could still be busy with it and would reset rather than finish.
        await using var streams = await OpenAsync();

        await AdvanceUntilOverAsync(streams.Proxy);

        Assert.Equal(TcpEnd.Finished, await streams.Client.EndAsync());
        Assert.Equal(TcpEnd.Finished, await streams.Server.EndAsync());
        await streams.Proxy.ExpectAsync(ConnectionOutcome.IdleTimeout);
    }

    [Fact]
    public async Task Stream_HalfClosedAndSilent_IdleTimeoutEndsIt()
    {
        await using var streams = await OpenAsync();
        streams.Client.FinishSending();
        Assert.Equal(TcpEnd.Finished, await streams.Server.EndAsync());

        await AdvanceUntilOverAsync(streams.Proxy);

        Assert.Equal(TcpEnd.Finished, await streams.Client.EndAsync());
        await streams.Proxy.ExpectAsync(ConnectionOutcome.IdleTimeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_ReaderTakesNothing_IdleTimeoutEndsIt(bool clientSends)
    {
        await using var streams = await OpenAsync();
        var transfer = new BulkTransfer(64 * 1024 * 1024);
        var sending = transfer.SendAsync(clientSends ? streams.Client : streams.Server);
        await transfer.StalledAsync();

        await AdvanceUntilOverAsync(streams.Proxy);

        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => sending.WithinLimit());
        await streams.Proxy.ExpectAsync(ConnectionOutcome.IdleTimeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_OneDirectionActive_IsNotIdle(bool clientSends)
    {
        await using var streams = await OpenAsync();
        var (sender, reader) = clientSends ? (streams.Client, streams.Server) : (streams.Server, streams.Client);

        // Less than half the timeout: the reader may have a byte before the proxy has noted it, but not two.
        for (int i = 0; i < 10; i++)
        {
            _clock.Advance(IdleTimeout * 0.45);
            await sender.SendAsync("tick");
            Assert.Equal("tick", await reader.ReceiveTextAsync(4));
        }

        await streams.ExpectAliveAsync();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task Stream_NoIdleTimeoutWorthTheName_LivesOn(long ticks)
    {
        var timeout = ticks < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(ticks);
        await using var streams = await SplicedStreams.OpenAsync(path, ProxyConfigs.ProxyTo() with { IdleTimeout = timeout }, _clock);

        _clock.Advance(TimeSpan.FromDays(100));

        await streams.ExpectAliveAsync();
    }

    [Fact]
    public async Task Stream_AsOldAsItMayBecome_EndsAlthoughItIsActive()
    {
        await using var streams = await SplicedStreams.OpenAsync(path, ProxyConfigs.ProxyTo() with { IdleTimeout = IdleTimeout, MaxDuration = IdleTimeout * 2 }, _clock);
        for (int i = 0; i < 4; i++)
        {
            await streams.ExpectAliveAsync();
            _clock.Advance(IdleTimeout * 0.45);
        }

        await streams.ExpectAliveAsync();
        await Eventually.TrueAsync(() => streams.Proxy.Tracker.Active == 0, meanwhile: () => _clock.Advance(IdleTimeout * 0.05));

        await streams.Client.EndAsync();
        await streams.Server.EndAsync();
        await streams.Proxy.ExpectAsync(ConnectionOutcome.DurationTimeout);
    }

    [Fact]
    public async Task Connect_EndpointSilent_ConnectTimeout()
    {
        using var silent = await SilentEndpoint.CreateAsync();
        await using var proxy = await StartAsync();
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(silent.Address));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        await Eventually.TrueAsync(() => proxy.Tracker is { Active: 1, Sniffing: 0 });
        await AdvanceUntilOverAsync(proxy);

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.ConnectTimeout);
        var stats = proxy.Cluster().Stats;
        Assert.Equal((1L, 1L, 0L), (stats.ConnectFailures, stats.ConnectTimeouts, stats.UpstreamConnections));
        Assert.Equal(1, Assert.Single(proxy.Cluster().Current!.Endpoints).State.ConnectFailures);
    }

    [Fact]
    public async Task Connect_TimeoutLongerThanAnyTimer_IsStillServed()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await StartAsync();
        var update = ProxyConfigs.RouteTo(upstream.Address);
        await proxy.ApplyAsync(update with { Clusters = [update.Clusters[0] with { ConnectTimeout = TimeSpan.MaxValue }] });

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        Assert.Equal(SplicedStreams.Hello, await client.ReceiveAsync(SplicedStreams.Hello.Length));
    }

    // With the timer set: a clock moved before that would be the timer's beginning.
    private Task SniffingAsync(ProxyUnderTest proxy) => Eventually.TrueAsync(() => proxy.Tracker.Sniffing == 1 && _clock.RunningTimers > 0);

    private async Task<ProxyUnderTest> StartAsync()
    {
        var proxy = await ProxyUnderTest.StartAsync(path, time: _clock);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo());
        return proxy;
    }

    private Task<SplicedStreams> OpenAsync() => SplicedStreams.OpenAsync(path, ProxyConfigs.ProxyTo() with { IdleTimeout = IdleTimeout }, _clock);

    // Again and again: the proxy may note the last byte, or start its timer, only after the first step.
    private Task AdvanceUntilOverAsync(ProxyUnderTest proxy) =>
        Eventually.TrueAsync(() => proxy.Tracker.Active == 0 && proxy.Tracker.Total > 0, meanwhile: () => _clock.Advance(IdleTimeout));
}
