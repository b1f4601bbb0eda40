using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>Whatever changes while bytes flow, every byte of an open stream arrives, and in order.</summary>
public abstract class RandomUpdateTests(PathUnderTest path)
{
    private const int Streams = 4;
    private const long StreamBytes = 12 * 1024 * 1024;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RandomUpdates_StreamsOpen_EveryByteArrives(int seed)
    {
        await using var decoy = new EchoUpstream();
        using var upstream = new ScriptedUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));
        var pairs = new List<(TcpPeer Client, TcpPeer Server)>();
        for (int i = 0; i < Streams; i++)
        {
            pairs.Add(await OpenAsync(proxy, upstream));
        }

        var transfers = pairs.SelectMany((pair, i) => new[] { StartTransfer(pair.Client, pair.Server, i), StartTransfer(pair.Server, pair.Client, -i) }).ToList();
        int updates = await UpdateUntilAsync(proxy, Task.WhenAll(transfers), new Random(seed), upstream.Address, decoy.Address);

        foreach (var (sent, received) in await Task.WhenAll(transfers))
        {
            Assert.Equal(sent, received);
        }

        Assert.True(updates > 10, $"only {updates} updates came between the bytes");
        Assert.Equal(0, decoy.Connections);
        pairs.ForEach(pair => Close(pair.Client, pair.Server));
        await proxy.ExpectNothingOpenAsync();
    }

    private static async Task<(TcpPeer Client, TcpPeer Server)> OpenAsync(ProxyUnderTest proxy, ScriptedUpstream upstream)
    {
        var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        var server = await upstream.AcceptAsync();
        Assert.Equal(SplicedStreams.Hello, await server.ReceiveAsync(SplicedStreams.Hello.Length));
        return (client, server);
    }

    // On the pool: sending goes on without a pause as long as the other side takes the bytes.
    private static Task<(byte[] Sent, byte[] Received)> StartTransfer(TcpPeer from, TcpPeer to, int seed) => Task.Run(() => TransferAsync(from, to, seed));

    private static async Task<(byte[] Sent, byte[] Received)> TransferAsync(TcpPeer from, TcpPeer to, int seed)
    {
        var sending = new BulkTransfer(StreamBytes).SendAsync(from, seed);
        byte[] received = await new BulkTransfer(StreamBytes).ReceiveAsync(to);
        return (await sending, received);
    }

    private static async Task<int> UpdateUntilAsync(ProxyUnderTest proxy, Task end, Random random, params IPEndPoint[] addresses)
    {
        int updates = 0;
        for (; !end.IsCompleted; updates++)
        {
            await proxy.Updater.ApplyAsync(Update(random, addresses));
        }

        return updates;
    }

    private static DataPlaneUpdate Update(Random random, IPEndPoint[] addresses) => random.Next(6) switch
    {
        0 => new() { RemovedClusters = [ProxyConfigs.Cluster] },
        1 => new() { RemovedListeners = [ProxyConfigs.Listener] },
        2 => ProxyConfigs.RouteTo(ProxyConfigs.Chain(new QuarantinedConfig("at random"))),
        3 => new() { Clusters = [ProxyConfigs.ClusterOf()] },
        4 => new() { Listeners = [ProxyConfigs.ListenerOf(ManyChains(random.Next(1, 200)))] },
        _ => ProxyConfigs.RouteTo(addresses[random.Next(addresses.Length)]),
    };

    private static FilterChainConfig[] ManyChains(int count) =>
        [.. Enumerable.Range(0, count).Select(i => ProxyConfigs.Chain(new TcpProxyConfig { Clusters = [new WeightedCluster(ProxyConfigs.Cluster, 1, EndpointMetadata.Empty)] }, $"s{i}{{mesh=default}}"))];

    private static void Close(params TcpPeer[] peers)
    {
        foreach (var peer in peers)
        {
            peer.Dispose();
        }
    }
}

public sealed class PortableRandomUpdateTests() : RandomUpdateTests(PathUnderTest.Portable);

public sealed class EngineRandomUpdateTests() : RandomUpdateTests(PathUnderTest.Engine);
