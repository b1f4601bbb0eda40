using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>A reset ends the connection in every phase, is passed on as a reset, and is counted for the side it came from.</summary>
public abstract class ResetTests(PathUnderTest path)
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task ClientResets_HelloNotComplete_DownstreamReset(int bytesSent)
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo());

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello[..bytesSent]);
        await Eventually.TrueAsync(() => proxy.Tracker.Sniffing == 1);
        client.Reset();

        await proxy.ExpectAsync(ConnectionOutcome.DownstreamReset);
    }

    [Fact]
    public async Task ClientResets_WhileConnecting_NoEndpointKeepsTheConnection()
    {
        var clock = new ManualTimeProvider();
        using var silent = await SilentEndpoint.CreateAsync();
        using var second = new ScriptedUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: clock);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo() with { Clusters = [FirstThen(silent, second)] });

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        await Eventually.TrueAsync(() => proxy.Tracker is { Active: 1, Sniffing: 0 });
        client.Reset();
        // A path that does not look at the client meanwhile finds out when the next endpoint is connected, and resets that.
        await Eventually.TrueAsync(() => second.HasConnection || proxy.Tracker.Active == 0, meanwhile: () => clock.Advance(TimeSpan.FromSeconds(1)));
        if (second.HasConnection)
        {
            using var server = await second.AcceptAsync();
            Assert.Equal(TcpEnd.Reset, await server.EndAsync());
        }

        await proxy.ExpectAsync(ConnectionOutcome.DownstreamReset);
    }

    [Fact]
    public async Task ClientResets_WhileSplicing_EndpointIsReset()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        await streams.ExpectAliveAsync();

        streams.Client.Reset();

        Assert.Equal(TcpEnd.Reset, await streams.Server.EndAsync());
        await streams.Proxy.ExpectAsync(ConnectionOutcome.DownstreamReset);
    }

    [Fact]
    public async Task EndpointResets_WhileSplicing_ClientIsReset()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        await streams.ExpectAliveAsync();

        streams.Server.Reset();

        Assert.Equal(TcpEnd.Reset, await streams.Client.EndAsync());
        await streams.Proxy.ExpectAsync(ConnectionOutcome.UpstreamReset);
    }

    [Fact]
    public async Task ClientResets_AfterItsFin_EndpointThatSendsIsReset()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        streams.Client.FinishSending();
        Assert.Equal(TcpEnd.Finished, await streams.Server.EndAsync());

        var sending = SendUntilRefusedAsync(streams.Server);
        await streams.Client.ReceiveAsync(1);
        streams.Client.Reset();

        await sending.WithinLimit();
        await streams.Proxy.ExpectAsync(ConnectionOutcome.DownstreamReset);
    }

    [Fact]
    public async Task EndpointResets_AfterItsFin_ClientThatSendsIsStopped()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        streams.Server.FinishSending();
        Assert.Equal(TcpEnd.Finished, await streams.Client.EndAsync());

        var sending = SendUntilRefusedAsync(streams.Client);
        await streams.Server.ReceiveAsync(1);
        streams.Server.Reset();

        await sending.WithinLimit();
        await streams.Proxy.ExpectAsync(ConnectionOutcome.UpstreamReset);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OneSideResets_OtherSideHasMegabytesPending_BothEnd(bool clientResets)
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        var (resetting, sending) = clientResets ? (streams.Client, streams.Server) : (streams.Server, streams.Client);

        var refused = SendUntilRefusedAsync(sending);
        await resetting.ReceiveAsync(100_000);
        resetting.Reset();

        await refused.WithinLimit();
        await streams.Proxy.ExpectAsync(clientResets ? ConnectionOutcome.DownstreamReset : ConnectionOutcome.UpstreamReset);
    }

    [Fact]
    public async Task ManyClientsReset_OneStays_TheOneIsNotDisturbed()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));
        using var staying = await proxy.ConnectAsync(SplicedStreams.Hello);
        await staying.ReceiveAsync(SplicedStreams.Hello.Length);

        for (int i = 0; i < 50; i++)
        {
            using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
            client.Reset();
        }

        await Eventually.TrueAsync(() => proxy.Tracker is { Total: 51, Active: 1 });
        await staying.SendAsync("still here");
        Assert.Equal("still here", await staying.ReceiveTextAsync("still here".Length));
    }

    private static async Task SendUntilRefusedAsync(TcpPeer sender)
    {
        byte[] chunk = new byte[64 * 1024];
        try
        {
            while (true)
            {
                await sender.Socket.SendAsync(chunk);
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Reset, or a pipe that broke just after: either way the sender knows.
        }
    }

    private static ClusterConfig FirstThen(SilentEndpoint first, ScriptedUpstream second) => new()
    {
        Name = ProxyConfigs.Cluster,
        Discovery = ClusterDiscovery.Static,
        InlineAssignment = new LoadAssignment
        {
            ClusterName = ProxyConfigs.Cluster,
            Localities =
            [
                new LocalityEndpoints { Priority = 0, Endpoints = [new EndpointConfig { Address = first.Address }] },
                new LocalityEndpoints { Priority = 1, Endpoints = [new EndpointConfig { Address = second.Address }] },
            ],
        },
    };
}
