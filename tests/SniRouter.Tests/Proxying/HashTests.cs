using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>Connections of one client go to one endpoint where their chain hashes and the cluster chooses by hash.</summary>
public abstract class HashTests(PathUnderTest path)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SourceAddress_SameClient_SameEndpoint(bool maglev)
    {
        await using var first = new EchoUpstream();
        await using var second = new EchoUpstream();
        await using var third = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await ApplyAsync(proxy, maglev ? new MaglevConfig() : new RingHashConfig(), hashes: true, first.Address, second.Address, third.Address);

        await ServeAsync(proxy, connections: 12);

        Assert.Equal([0L, 0L, 12L], proxy.Cluster().Current!.Endpoints.Select(endpoint => endpoint.State.TotalConnections).Order());
    }

    [Fact]
    public async Task SourceAddress_ItsEndpointRefuses_AnotherOneServesAndAlwaysTheSame()
    {
        // One of them ends on the way.
        EchoUpstream[] upstreams = [new(), new()];
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await ApplyAsync(proxy, new RingHashConfig(), hashes: true, upstreams[0].Address, upstreams[1].Address);
        await ServeAsync(proxy, connections: 1);
        var chosen = Array.FindIndex(upstreams, upstream => upstream.Connections == 1);

        await upstreams[chosen].DisposeAsync();
        await ServeAsync(proxy, connections: 5);
        await upstreams[1 - chosen].DisposeAsync();

        Assert.Equal([1L, 5L], proxy.Cluster().Current!.Endpoints.Select(endpoint => endpoint.State.TotalConnections).Order());
        await proxy.ExpectAsync(ConnectionOutcome.Completed, connections: 6);
    }

    [Fact]
    public async Task NoHash_EndpointsAreTakenAtRandom()
    {
        await using var first = new EchoUpstream();
        await using var second = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await ApplyAsync(proxy, new RingHashConfig(), hashes: false, first.Address, second.Address);

        await ServeAsync(proxy, connections: 40);

        Assert.All(proxy.Cluster().Current!.Endpoints, endpoint => Assert.InRange(endpoint.State.TotalConnections, 1, 39));
    }

    private static Task ApplyAsync(ProxyUnderTest proxy, ConsistentHashConfig hash, bool hashes, params EndPoint[] endpoints) => proxy.ApplyAsync(
        ProxyConfigs.RouteTo(ProxyConfigs.ProxyTo() with { HashesSourceAddress = hashes }) with { Clusters = [ProxyConfigs.ClusterOf(endpoints) with { ConsistentHash = hash }] });

    private static async Task ServeAsync(ProxyUnderTest proxy, int connections)
    {
        for (var i = 0; i < connections; i++)
        {
            using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
            Assert.Equal(SplicedStreams.Hello, await client.ReceiveAsync(SplicedStreams.Hello.Length));
            client.FinishSending();
            await client.EndAsync();
        }
    }
}
