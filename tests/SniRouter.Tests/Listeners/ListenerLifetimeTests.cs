using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Listeners;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.SniRouter.Tests.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Listeners;

/// <summary>Listeners come, move and go on real sockets while connections are open.</summary>
public abstract class ListenerLifetimeTests(PathUnderTest path)
{
    private static readonly byte[] Body = "here"u8.ToArray();

    [Fact]
    public async Task PortTaken_IsAProblem_AndServedOnceItIsFree()
    {
        var clock = new ManualTimeProvider();
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: clock);
        using var squatter = new ScriptedUpstream();

        var problem = Assert.Single(await proxy.Updater.ApplyAsync(new() { Listeners = [Answering("l", squatter.Address), Answering("other", Loopback(0))] }));
        Assert.Equal("l", problem.Listener);
        Assert.StartsWith($"cannot bind {squatter.Address}: ", problem.Reason, StringComparison.Ordinal);
        await ExpectAnswerAsync(proxy.Address("other"));

        squatter.Dispose();
        await Eventually.TrueAsync(() => proxy.Listeners.Listeners["l"] is not null, meanwhile: () => clock.Advance(ListenerManager.RetryInterval));
        await ExpectAnswerAsync(proxy.Address("l"));
    }

    [Fact]
    public async Task Moved_NewAddressServes_OldOneRefuses_OpenConnectionStays()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        var before = streams.Proxy.Address();
        var listener = ProxyConfigs.ListenerOf(ProxyConfigs.Chain(ProxyConfigs.ProxyTo())) with { Address = new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0) };

        await streams.Proxy.ApplyAsync(new() { Listeners = [listener] });

        Assert.Equal(IPAddress.Parse("127.0.0.2"), streams.Proxy.Address().Address);
        await Assert.ThrowsAsync<SocketException>(() => TcpPeer.ConnectAsync(before));
        using var client = await streams.Proxy.ConnectAsync(SplicedStreams.Hello);
        await Eventually.TrueAsync(() => streams.Proxy.Cluster().Stats.ActiveUpstreamConnections == 2);
        await streams.ExpectAliveAsync();
    }

    [Fact]
    public async Task MovedBetweenOneAndAllAddresses_SamePort_Serves()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(new() { Listeners = [Answering("l", Loopback(0))] });
        int port = proxy.Address("l").Port;

        await proxy.ApplyAsync(new() { Listeners = [Answering("l", new IPEndPoint(IPAddress.Any, port))] });
        await ExpectAnswerAsync(Loopback(port));
        await proxy.ApplyAsync(new() { Listeners = [Answering("l", Loopback(port))] });
        await ExpectAnswerAsync(Loopback(port));
    }

    [Fact]
    public async Task Renamed_SamePort_ServesWithoutAPause()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(new() { Listeners = [Answering("old", Loopback(0))] });
        var address = proxy.Address("old");

        await proxy.ApplyAsync(new() { Listeners = [Answering("new", address)], RemovedListeners = ["old"] });

        await ExpectAnswerAsync(address);
    }

    [Fact]
    public async Task ManyListeners_EachHasItsOwnChains()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"l{i:00}")];

        await proxy.ApplyAsync(new()
        {
            Listeners = [.. names.Select(name => Answering(name, Loopback(0), System.Text.Encoding.ASCII.GetBytes(name)))],
        });

        foreach (string name in names)
        {
            using var client = await proxy.ConnectAsync(name);
            Assert.Equal(name, await client.ReceiveTextAsync(name.Length));
        }
    }

    [Fact]
    public async Task Removed_RefusesAndIsForgotten()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo());
        var address = proxy.Address();
        await proxy.ApplyAsync(new() { RemovedListeners = [ProxyConfigs.Listener] });

        await Assert.ThrowsAsync<SocketException>(() => TcpPeer.ConnectAsync(address));
        Assert.Empty(proxy.Listeners.Listeners);
    }

    [Fact]
    public async Task BoundAndUnboundOverAndOver_AlwaysServes()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        for (int i = 0; i < 30; i++)
        {
            await proxy.ApplyAsync(new() { Listeners = [Answering("l", Loopback(0))] });
            await ExpectAnswerAsync(proxy.Address("l"));
            await proxy.ApplyAsync(new() { RemovedListeners = ["l"] });
        }

        await proxy.ExpectAsync(ConnectionOutcome.DirectResponse, connections: 30);
    }

    private static IPEndPoint Loopback(int port) => new(IPAddress.Loopback, port);

    private static ListenerConfig Answering(string name, IPEndPoint address, byte[]? body = null) => new()
    {
        Name = name,
        Address = address,
        FilterChains = [ProxyConfigs.UnconditionalChain(new DirectResponseConfig(body ?? Body))],
    };

    private static async Task ExpectAnswerAsync(IPEndPoint address)
    {
        using var client = await TcpPeer.ConnectAsync(address);
        Assert.Equal(Body, await client.ReceiveAsync(Body.Length));
    }
}

public sealed class PortableListenerLifetimeTests() : ListenerLifetimeTests(PathUnderTest.Portable);
