using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Dns;
using Zoneway.SniRouter.Telemetry;
using Zoneway.SniRouter.Tests.Clusters.Dns;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>Clusters whose endpoints are names serve connections, and follow what the names resolve to.</summary>
public abstract class DnsClusterTests(PathUnderTest path)
{
    private readonly ScriptedDnsResolver _dns = new();

    [Fact]
    public async Task StrictDns_NameMoves_NewConnectionsFollow()
    {
        await using var upstream = new EchoUpstream();
        using var refusing = new RefusingEndpoint();
        await using var proxy = await StartAsync();
        _dns.Set("a.test", "127.0.0.1");
        await ApplyAsync(proxy, ClusterDiscovery.StrictDns, refusing.Address.Port, TimeSpan.FromMilliseconds(100));
        using var refused = await proxy.ConnectAsync(SplicedStreams.Hello);
        await refused.EndAsync();

        await ApplyAsync(proxy, ClusterDiscovery.StrictDns, upstream.Address.Port, TimeSpan.FromMilliseconds(100));
        _dns.Set("a.test", "127.0.0.2");
        await Eventually.TrueAsync(() => proxy.Cluster().Current!.Endpoints[0].Address is IPEndPoint { Address: var address } && address.Equals(IPAddress.Parse("127.0.0.2")));
        _dns.Set("a.test", "127.0.0.1");
        await Eventually.TrueAsync(() => proxy.Cluster().Current!.Endpoints[0].Address is IPEndPoint { Address: var address } && address.Equals(IPAddress.Loopback));
        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        Assert.Equal(SplicedStreams.Hello, await client.ReceiveAsync(SplicedStreams.Hello.Length));
        Assert.Equal(1, proxy.Cluster().Current!.Endpoints[0].State.ActiveConnections);
    }

    [Fact]
    public async Task StrictDns_SystemResolver_FindsLocalhost()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await ApplyAsync(proxy, ClusterDiscovery.StrictDns, upstream.Address.Port, TimeSpan.FromSeconds(5), "localhost");

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        Assert.Equal(SplicedStreams.Hello, await client.ReceiveAsync(SplicedStreams.Hello.Length));
    }

    [Fact]
    public async Task LogicalDns_FirstAddressesRefuse_AnotherOneServesInTheSameAttempt()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await StartAsync();
        _dns.Set("a.test", "::1", "127.0.0.3", "127.0.0.2", "127.0.0.1");
        await ApplyAsync(proxy, ClusterDiscovery.LogicalDns, upstream.Address.Port, TimeSpan.FromSeconds(5));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        Assert.Equal(SplicedStreams.Hello, await client.ReceiveAsync(SplicedStreams.Hello.Length));
        client.FinishSending();
        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.Completed);
        Assert.Equal((1L, 0L), (proxy.Cluster().Stats.UpstreamConnections, proxy.Cluster().Stats.ConnectFailures));
    }

    [Fact]
    public async Task LogicalDns_EveryAddressRefuses_IsOneFailure()
    {
        using var refusing = new RefusingEndpoint();
        await using var proxy = await StartAsync();
        _dns.Set("a.test", "127.0.0.1", "127.0.0.2", "127.0.0.3");
        await ApplyAsync(proxy, ClusterDiscovery.LogicalDns, refusing.Address.Port, TimeSpan.FromSeconds(5));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.ConnectFailed);
        Assert.Equal(1, proxy.Cluster().Stats.ConnectFailures);
        Assert.Equal(1, proxy.Cluster().Current!.Endpoints[0].State.ConnectFailures);
    }

    [Fact]
    public async Task StrictDns_NothingResolves_NoEndpoints()
    {
        await using var proxy = await StartAsync();
        _dns.Set("a.test", DnsAnswer.Failed("SERVFAIL"));
        await ApplyAsync(proxy, ClusterDiscovery.StrictDns, 1, TimeSpan.FromSeconds(5));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.NoEndpoints);
        using var metrics = new MetricRecorder(SniRouterMetrics.MeterName, proxy.Services.GetRequiredService<IMeterFactory>());
        Assert.InRange(metrics.Value("update_attempt"), 1, long.MaxValue);
        Assert.InRange(metrics.Value("update_failure"), 1, long.MaxValue);
        Assert.Equal((0L, 0L), (metrics.Value("update_success"), metrics.Value("update_empty")));
    }

    private Task<ProxyUnderTest> StartAsync() =>
        ProxyUnderTest.StartAsync(new PathUnderTest(path.Name, services => path.Configure(services.AddSingleton(new DnsResolvers(_dns, _dns)))));

    private static async Task ApplyAsync(ProxyUnderTest proxy, ClusterDiscovery discovery, int port, TimeSpan refreshRate, string name = "a.test")
    {
        var config = ProxyConfigs.ClusterOf(new DnsEndPoint(name, port)) with { Discovery = discovery, Dns = new() { RefreshRate = refreshRate, LookupFamily = DnsLookupFamily.All } };
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.ProxyTo()) with { Clusters = [config] });
        await Eventually.TrueAsync(() => proxy.Listeners.Listeners.GetValueOrDefault(ProxyConfigs.Listener) is not null);
    }
}
