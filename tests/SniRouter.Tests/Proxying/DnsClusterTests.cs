using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Dns;
using Zoneway.SniRouter.Routing;
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
    public async Task LogicalDns_FirstAddressesAreSilent_AnotherOneServesLongBeforeTheConnectTimeout()
    {
        var time = new ManualTimeProvider();
        using var silent = await SilentEndpoint.CreateAsync();
        var dialling = Dialling(silent.Address);
        using var refusing = new RefusingEndpoint();
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: time);
        await proxy.ApplyAsync(ToOneEndpoint(silent.Address, silent.Address, refusing.Address, upstream.Address));
        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        var passed = TimeSpan.Zero;
        await Eventually.TrueAsync(() => upstream.Connections == 1, () => Advance(time, ref passed));

        Assert.Equal(SplicedStreams.Hello, await client.ReceiveAsync(SplicedStreams.Hello.Length));
        client.FinishSending();
        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.Completed);
        Assert.Equal((1L, 0L), (proxy.Cluster().Stats.UpstreamConnections, proxy.Cluster().Stats.ConnectFailures));
        await Eventually.TrueAsync(() => Dialling(silent.Address) == dialling);
    }

    [Fact]
    public async Task LogicalDns_EveryAddressIsSilent_IsOneTimeout()
    {
        var time = new ManualTimeProvider();
        using var silent = await SilentEndpoint.CreateAsync();
        var dialling = Dialling(silent.Address);
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: time);
        await proxy.ApplyAsync(ToOneEndpoint(silent.Address, silent.Address, silent.Address));
        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        var ending = client.EndAsync();
        await Eventually.TrueAsync(() => ending.IsCompleted, () => time.Advance(TimeSpan.FromMilliseconds(50)));

        await proxy.ExpectAsync(ConnectionOutcome.ConnectTimeout);
        Assert.Equal((1L, 1L), (proxy.Cluster().Stats.ConnectFailures, proxy.Cluster().Stats.ConnectTimeouts));
        await Eventually.TrueAsync(() => Dialling(silent.Address) == dialling);
    }

    [Fact]
    public async Task LogicalDns_ClientResetsDuringTheRace_EndsIt()
    {
        var time = new ManualTimeProvider();
        using var silent = await SilentEndpoint.CreateAsync();
        var dialling = Dialling(silent.Address);
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: time);
        await proxy.ApplyAsync(ToOneEndpoint(silent.Address, silent.Address, silent.Address));
        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        await Eventually.TrueAsync(() => proxy.Cluster().CircuitBreaker.Pending == 1);
        time.Advance(TimeSpan.FromMilliseconds(600));

        client.Reset();

        await Eventually.TrueAsync(() => proxy.Tracker.Active == 0, () => time.Advance(TimeSpan.FromMilliseconds(50)));
        await proxy.ExpectNothingOpenAsync();
        await Eventually.TrueAsync(() => Dialling(silent.Address) == dialling);
    }

    [Fact]
    public async Task LogicalDns_NameMoves_NewConnectionsFollow()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await StartAsync();
        _dns.Set("a.test", "127.0.0.2");
        await ApplyAsync(proxy, ClusterDiscovery.LogicalDns, upstream.Address.Port, TimeSpan.FromMilliseconds(100));
        using var refused = await proxy.ConnectAsync(SplicedStreams.Hello);
        await refused.EndAsync();

        _dns.Set("a.test", "127.0.0.1");
        await Eventually.TrueAsync(() => proxy.Cluster().Addresses() is [var address] && address.StartsWith("127.0.0.1:", StringComparison.Ordinal));

        await ExpectServedAsync(proxy);
    }

    [Theory]
    [InlineData(DnsLookupFamily.Auto, "::1 127.0.0.1", "[::1]")]
    [InlineData(DnsLookupFamily.Auto, "127.0.0.1", "127.0.0.1")]
    [InlineData(DnsLookupFamily.V4Only, "::1 127.0.0.1", "127.0.0.1")]
    [InlineData(DnsLookupFamily.V4Only, "::1", "")]
    [InlineData(DnsLookupFamily.V6Only, "::1 127.0.0.1", "[::1]")]
    [InlineData(DnsLookupFamily.V6Only, "127.0.0.1", "")]
    [InlineData(DnsLookupFamily.V4Preferred, "::1 127.0.0.1", "127.0.0.1")]
    [InlineData(DnsLookupFamily.V4Preferred, "::1", "[::1]")]
    [InlineData(DnsLookupFamily.All, "::1 127.0.0.1", "[::1] 127.0.0.1")]
    public async Task StrictDns_LookupFamily_DecidesWhichAddressesAreEndpoints(DnsLookupFamily family, string found, string expected)
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await StartAsync();
        _dns.Set("a.test", found.Split(' '));
        await ApplyAsync(proxy, ClusterDiscovery.StrictDns, upstream.Address.Port, TimeSpan.FromSeconds(5), family: family);

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), proxy.Cluster().Addresses().Select(address => address[..address.LastIndexOf(':')]));
        if (expected.Contains("127", StringComparison.Ordinal))
        {
            await ExpectServedAsync(proxy);
        }
        else
        {
            using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
            await client.EndAsync();
            await proxy.ExpectAsync(expected.Length == 0 ? ConnectionOutcome.NoEndpoints : ConnectionOutcome.ConnectFailed);
        }
    }

    [Fact]
    public async Task StrictDns_NameComesVanishesAndFails_ServedFromThenOn()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await StartAsync();
        await ApplyAsync(proxy, ClusterDiscovery.StrictDns, upstream.Address.Port, TimeSpan.FromMilliseconds(100));
        using var refused = await proxy.ConnectAsync(SplicedStreams.Hello);
        await refused.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.NoEndpoints);

        _dns.Set("a.test", "127.0.0.1");
        await Eventually.TrueAsync(() => proxy.Cluster().Addresses().Length == 1);
        await ExpectServedAsync(proxy);
        foreach (var answer in (DnsAnswer[])[DnsAnswer.Empty("no such name"), DnsAnswer.Empty("no address"), DnsAnswer.Failed("SERVFAIL")])
        {
            _dns.Set("a.test", answer);
            var before = proxy.Cluster().Stats.UpdateAttempts;
            await Eventually.TrueAsync(() => proxy.Cluster().Stats.UpdateAttempts > before + 1);
            await ExpectServedAsync(proxy);
        }
    }

    [Fact]
    public async Task StrictDns_NamesAndAddresses_BothServe()
    {
        await using var named = new EchoUpstream();
        await using var addressed = new EchoUpstream();
        await using var proxy = await StartAsync();
        _dns.Set("a.test", "127.0.0.1");
        var config = ProxyConfigs.ClusterOf(new DnsEndPoint("a.test", named.Address.Port), addressed.Address, new DnsEndPoint("gone.test", 1)) with { Discovery = ClusterDiscovery.StrictDns };
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.ProxyTo()) with { Clusters = [config] });
        await Eventually.TrueAsync(() => proxy.Listeners.Listeners.GetValueOrDefault(ProxyConfigs.Listener) is not null);

        for (var i = 0; i < 4; i++)
        {
            await ExpectServedAsync(proxy);
        }

        Assert.Equal((2, 2), (named.Connections, addressed.Connections));
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

    private static async Task ApplyAsync(
        ProxyUnderTest proxy, ClusterDiscovery discovery, int port, TimeSpan refreshRate, string name = "a.test", DnsLookupFamily family = DnsLookupFamily.All)
    {
        var config = ProxyConfigs.ClusterOf(new DnsEndPoint(name, port)) with { Discovery = discovery, Dns = new() { RefreshRate = refreshRate, LookupFamily = family } };
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.ProxyTo()) with { Clusters = [config] });
        await Eventually.TrueAsync(() => proxy.Listeners.Listeners.GetValueOrDefault(ProxyConfigs.Listener) is not null);
    }

    /// <summary>A route to one endpoint with these addresses, as a LOGICAL_DNS cluster has it when its name is resolved.</summary>
    private static DataPlaneUpdate ToOneEndpoint(params EndPoint[] addresses)
    {
        var endpoint = new EndpointConfig { Address = addresses[0], FurtherAddresses = [.. addresses[1..]], LogicalAddress = new DnsEndPoint("a.test", 80) };
        var cluster = ProxyConfigs.ClusterOf() with { InlineAssignment = new() { ClusterName = ProxyConfigs.Cluster, Localities = [new() { Endpoints = [endpoint] }] } };
        return ProxyConfigs.RouteTo(ProxyConfigs.ProxyTo()) with { Clusters = [cluster] };
    }

    /// <summary>Sockets of this machine that wait for an answer from an address (state SYN_SENT, 02): none of a race may be left.</summary>
    private static int Dialling(IPEndPoint address) => File.ReadLines("/proc/net/tcp").Count(line =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, var remote, "02", ..] && remote.EndsWith($":{address.Port:X4}", StringComparison.Ordinal));

    /// <summary>Lets time pass, but no more than a second in all.</summary>
    private static void Advance(ManualTimeProvider time, ref TimeSpan passed)
    {
        if (passed < TimeSpan.FromSeconds(1))
        {
            time.Advance(TimeSpan.FromMilliseconds(5));
            passed += TimeSpan.FromMilliseconds(5);
        }
    }

    private static async Task ExpectServedAsync(ProxyUnderTest proxy)
    {
        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        Assert.Equal(SplicedStreams.Hello, await client.ReceiveAsync(SplicedStreams.Hello.Length));
        client.FinishSending();
        await client.EndAsync();
    }
}
