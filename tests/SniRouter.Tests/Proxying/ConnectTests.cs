using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>An endpoint that cannot be reached makes room for the next one, as often as the configuration allows.</summary>
public abstract class ConnectTests(PathUnderTest path)
{
    [Fact]
    public async Task EndpointRefuses_AnotherOneServes()
    {
        using var refusing = new RefusingEndpoint();
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(refusing.Address, upstream.Address));

        for (int i = 0; i < 4; i++)
        {
            using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
            Assert.Equal(SplicedStreams.Hello, await client.ReceiveAsync(SplicedStreams.Hello.Length));
            client.FinishSending();
            await client.EndAsync();
        }

        await proxy.ExpectAsync(ConnectionOutcome.Completed, connections: 4);
        Assert.Equal(4, upstream.Connections);
        Assert.Equal(4, Endpoint(proxy, upstream.Address).State.TotalConnections);
        Assert.InRange(Endpoint(proxy, refusing.Address).State.ConnectFailures, 1, 4);
    }

    [Fact]
    public async Task EveryEndpointRefuses_ConnectFailedAfterTheConfiguredAttempts()
    {
        using var first = new RefusingEndpoint();
        using var second = new RefusingEndpoint();
        using var third = new RefusingEndpoint();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.ProxyTo() with { MaxConnectAttempts = 2 }, first.Address, second.Address, third.Address));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        Assert.Empty((await client.ReceiveToEndAsync()).Bytes);
        await proxy.ExpectAsync(ConnectionOutcome.ConnectFailed);
        var stats = proxy.Cluster().Stats;
        Assert.Equal((2L, 0L, 0L), (stats.ConnectFailures, stats.ConnectTimeouts, stats.NoEndpoints));
        Assert.Equal([0L, 1L, 1L], proxy.Cluster().Current!.Endpoints.Select(endpoint => endpoint.State.ConnectFailures).Order());
    }

    [Fact]
    public async Task FewerEndpointsThanAttempts_EachIsTriedOnce()
    {
        using var refusing = new RefusingEndpoint();
        await using var proxy = await ProxyUnderTest.StartAsync(path, options => options.ConnectAttempts = 8);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(refusing.Address));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.ConnectFailed);
        Assert.Equal(1, proxy.Cluster().Stats.ConnectFailures);
    }

    [Fact]
    public async Task AddressThatNoSocketCanHave_CountsAsConnectFailed()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(new ForeignEndPoint()));
        using var refused = await proxy.ConnectAsync(SplicedStreams.Hello);
        await refused.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.ConnectFailed);

        await proxy.ApplyAsync(new() { Clusters = [ProxyConfigs.ClusterOf(new ForeignEndPoint(), upstream.Address)] });
        using var served = await proxy.ConnectAsync(SplicedStreams.Hello);

        Assert.Equal(SplicedStreams.Hello, await served.ReceiveAsync(SplicedStreams.Hello.Length));
    }

    [Fact]
    public async Task UnixDomainSocket_IsAnEndpointToo()
    {
        string file = Path.Combine(Path.GetTempPath(), $"zoneway-{Guid.NewGuid():N}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(file));
        listener.Listen();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(new UnixDomainSocketEndPoint(file)));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        using var server = new TcpPeer(await listener.AcceptAsync().WithinLimit());

        Assert.Equal(SplicedStreams.Hello, await server.ReceiveAsync(SplicedStreams.Hello.Length));
        File.Delete(file);
    }

    private static UpstreamEndpoint Endpoint(ProxyUnderTest proxy, EndPoint address) =>
        proxy.Cluster().Current!.Endpoints.Single(endpoint => endpoint.Address.Equals(address));

    // The kernel of no test machine has this family for streams.
    private sealed class ForeignEndPoint : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.AppleTalk;

        public override string ToString() => "foreign";
    }
}
