using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>Configuration changes while connections are open: new connections see it, old ones do not.</summary>
public abstract class LiveUpdateTests(PathUnderTest path)
{
    public static TheoryData<string> Updates => ["endpoints replaced", "endpoints gone", "cluster removed", "chain changed", "listener removed", "everything removed"];

    [Theory]
    [MemberData(nameof(Updates))]
    public async Task Update_StreamOpen_StreamIsNotTouched(string update)
    {
        await using var other = new EchoUpstream();
        await using var streams = await SplicedStreams.OpenAsync(path);

        await streams.Proxy.ApplyAsync(Update(update, other));

        await streams.ExpectAliveAsync();
        streams.Client.FinishSending();
        streams.Server.FinishSending();
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Completed);
        Assert.Equal(0, other.Connections);
    }

    [Fact]
    public async Task EndpointsReplaced_NextConnection_GoesToTheNewOne()
    {
        await using var other = new EchoUpstream();
        await using var streams = await SplicedStreams.OpenAsync(path);

        await streams.Proxy.ApplyAsync(new DataPlaneUpdate { Clusters = [ProxyConfigs.ClusterOf(other.Address)] });
        using var client = await streams.Proxy.ConnectAsync(SplicedStreams.Hello);

        Assert.Equal(SplicedStreams.Hello, await client.ReceiveAsync(SplicedStreams.Hello.Length));
        Assert.Equal(1, other.Connections);
    }

    [Fact]
    public async Task ChainsChanged_ListenerStaysBound()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        var address = streams.Proxy.Address();

        await streams.Proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.Chain(ProxyConfigs.ProxyTo(), "other{mesh=default}")));
        using var client = await streams.Proxy.ConnectAsync(SplicedStreams.Hello);
        await client.EndAsync();

        Assert.Equal(address, streams.Proxy.Address());
        await Eventually.TrueAsync(() => streams.Proxy.Count(ConnectionOutcome.NoRoute) == 1);
    }

    [Fact]
    public async Task ListenerRemovedAndBack_NewConnectionsAreServedAgain()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        var listener = ProxyConfigs.ListenerOf(ProxyConfigs.Chain(ProxyConfigs.ProxyTo())) with { Address = streams.Proxy.Address() };
        await streams.Proxy.ApplyAsync(new DataPlaneUpdate { RemovedListeners = [ProxyConfigs.Listener] });
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => TcpPeer.ConnectAsync(listener.Address));

        await streams.Proxy.ApplyAsync(new DataPlaneUpdate { Listeners = [listener] });
        using var client = await streams.Proxy.ConnectAsync(SplicedStreams.Hello);

        await Eventually.TrueAsync(() => streams.Proxy.Cluster().Stats.ActiveUpstreamConnections == 2);
        await streams.ExpectAliveAsync();
    }

    private static DataPlaneUpdate Update(string name, EchoUpstream other) => name switch
    {
        "endpoints replaced" => new() { Clusters = [ProxyConfigs.ClusterOf(other.Address)] },
        "endpoints gone" => new() { Clusters = [ProxyConfigs.ClusterOf()] },
        "cluster removed" => new() { RemovedClusters = [ProxyConfigs.Cluster] },
        "chain changed" => ProxyConfigs.RouteTo(ProxyConfigs.Chain(new QuarantinedConfig("changed"))),
        "listener removed" => new() { RemovedListeners = [ProxyConfigs.Listener] },
        _ => new() { RemovedListeners = [ProxyConfigs.Listener], RemovedClusters = [ProxyConfigs.Cluster], RemovedAssignments = [ProxyConfigs.Cluster] },
    };
}
