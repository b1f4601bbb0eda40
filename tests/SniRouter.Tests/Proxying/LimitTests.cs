using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>Connections beyond the limits are closed at once; those inside are not disturbed.</summary>
public abstract class LimitTests(PathUnderTest path)
{
    [Fact]
    public async Task ConnectionLimit_OneMore_IsClosedAndTheOthersStay()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path, options => options.MaxConnections = 2);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));
        using var first = await ConnectedAsync(proxy);
        using var second = await ConnectedAsync(proxy);

        await ExpectRefusedAsync(proxy);
        await Eventually.TrueAsync(() => proxy.Count(ConnectionOutcome.ConnectionLimit) == 1);

        Assert.Equal((3L, 2), (proxy.Tracker.Total, proxy.Tracker.Active));
        await first.SendAsync("ping");
        Assert.Equal("ping", await first.ReceiveTextAsync(4));
    }

    [Fact]
    public async Task ConnectionLimit_OneLeaves_AnotherIsServed()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path, options => options.MaxConnections = 1);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));

        for (int i = 0; i < 3; i++)
        {
            using var client = await ConnectedAsync(proxy);
            client.FinishSending();
            await client.EndAsync();
            await proxy.ExpectNothingOpenAsync();
        }

        await proxy.ExpectAsync(ConnectionOutcome.Completed, connections: 3);
    }

    [Fact]
    public async Task SniffingLimit_OneMoreSilentClient_IsClosedAndRoutedOnesDoNotCount()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path, options => options.MaxSniffingConnections = 1);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));
        using var routed = await ConnectedAsync(proxy);
        using var silent = await proxy.ConnectAsync();
        await Eventually.TrueAsync(() => proxy.Tracker.Sniffing == 1);

        await ExpectRefusedAsync(proxy);
        await Eventually.TrueAsync(() => proxy.Count(ConnectionOutcome.SniffingLimit) == 1);

        Assert.Equal((2, 1), (proxy.Tracker.Active, proxy.Tracker.Sniffing));
        await silent.SendAsync(SplicedStreams.Hello);
        Assert.Equal(SplicedStreams.Hello, await silent.ReceiveAsync(SplicedStreams.Hello.Length));
    }

    [Fact]
    public async Task Limits_ReachedManyTimes_AreSaidOnceEach()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path, options => options.MaxConnections = 1);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo());
        using var open = await proxy.ConnectAsync();
        await Eventually.TrueAsync(() => proxy.Tracker.Active == 1);

        for (int i = 0; i < 5; i++)
        {
            await ExpectRefusedAsync(proxy);
        }

        await Eventually.TrueAsync(() => proxy.Count(ConnectionOutcome.ConnectionLimit) == 5);
        Assert.Single(proxy.Log, record => record.Level == LogLevel.Warning);
    }

    private static async Task ExpectRefusedAsync(ProxyUnderTest proxy)
    {
        try
        {
            using var client = await proxy.ConnectAsync();
            Assert.Empty((await client.ReceiveToEndAsync()).Bytes);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The proxy was so quick that the client learns of the reset before it learns that it is connected.
        }
    }

    private static async Task<TcpPeer> ConnectedAsync(ProxyUnderTest proxy)
    {
        var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        await client.ReceiveAsync(SplicedStreams.Hello.Length);
        return client;
    }
}
