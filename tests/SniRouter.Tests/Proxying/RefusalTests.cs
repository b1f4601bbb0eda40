using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>What a client sends wrong, or asks for in vain, closes its connection with a named outcome and nothing else.</summary>
public abstract class RefusalTests(PathUnderTest path)
{
    public static TheoryData<string, ConnectionOutcome> BadInput => new()
    {
        { "HTTP", ConnectionOutcome.NotTls },
        { "zeros", ConnectionOutcome.NotTls },
        { "hello longer than the limit", ConnectionOutcome.ClientHelloTooLarge },
        { "endless records", ConnectionOutcome.ClientHelloTooLarge },
        { "record of another handshake message", ConnectionOutcome.ClientHelloMalformed },
        { "extension beyond the end", ConnectionOutcome.ClientHelloMalformed },
        { "unknown server name", ConnectionOutcome.NoRoute },
        { "server name of 16,000 dots", ConnectionOutcome.NoRoute },
        { "no server name", ConnectionOutcome.NoServerName },
    };

    [Theory]
    [MemberData(nameof(BadInput))]
    public async Task BadInput_ClosesTheConnectionWithItsOutcome(string input, ConnectionOutcome outcome)
    {
        await using var proxy = await StartAsync();

        using var client = await proxy.ConnectAsync(Input(input));

        Assert.Empty((await client.ReceiveToEndAsync()).Bytes);
        await proxy.ExpectAsync(outcome);
        ExpectNothingLoggedAboveDebug(proxy);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task ClientFinishes_HelloNotComplete_ClientHelloIncomplete(int bytesSent)
    {
        await using var proxy = await StartAsync();

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello[..bytesSent]);
        client.FinishSending();

        Assert.Equal(TcpEnd.Finished, await client.EndAsync());
        await proxy.ExpectAsync(ConnectionOutcome.ClientHelloIncomplete);
        ExpectNothingLoggedAboveDebug(proxy);
    }

    [Fact]
    public async Task ListenerWithoutChains_NoRoute()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(new DataPlaneUpdate { Listeners = [ProxyConfigs.ListenerOf()] });

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.NoRoute);
    }

    [Fact]
    public async Task QuarantinedChain_RefusesThoughAnotherChainWouldTakeIt()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address) with
        {
            Listeners = [ProxyConfigs.ListenerOf(ProxyConfigs.Chain(new QuarantinedConfig("unknown filter")), ProxyConfigs.UnconditionalChain(ProxyConfigs.ProxyTo()))],
        });

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.FilterChainQuarantined);
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task ClusterNeverSent_NoCluster()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.Chain(ProxyConfigs.ProxyTo("nobody's"))));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.NoCluster);
    }

    [Fact]
    public async Task ClusterWithoutEndpoints_NoEndpoints()
    {
        await using var proxy = await StartAsync();

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.NoEndpoints);
        Assert.Equal(1, proxy.Cluster().Stats.NoEndpoints);
    }

    [Fact]
    public async Task ClusterWhoseEndpointsNeverCame_NoEndpoints()
    {
        var clock = new ManualTimeProvider();
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: clock);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo() with { Clusters = [new ClusterConfig { Name = ProxyConfigs.Cluster }] });
        clock.Advance(DataPlaneUpdater.WarmingTimeout);
        await Eventually.TrueAsync(() => proxy.Listeners.Listeners.GetValueOrDefault(ProxyConfigs.Listener) is not null);

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.NoEndpoints);
        Assert.Equal(1, proxy.Cluster().Stats.NoEndpoints);
    }

    [Fact]
    public async Task ManyBadConnections_GoodOne_IsNotDisturbed()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);

        foreach (var row in BadInput)
        {
            using var client = await streams.Proxy.ConnectAsync(Input((string)row[0]));
            await client.EndAsync();
        }

        await streams.ExpectAliveAsync();
        await Eventually.TrueAsync(() => streams.Proxy.Tracker.Active == 1);
    }

    private async Task<ProxyUnderTest> StartAsync()
    {
        var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo());
        return proxy;
    }

    private static void ExpectNothingLoggedAboveDebug(ProxyUnderTest proxy) =>
        Assert.DoesNotContain(proxy.Log, record => record.Level >= LogLevel.Warning);

    private static byte[] Input(string name) => name switch
    {
        "HTTP" => "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"u8.ToArray(),
        "zeros" => new byte[64],
        "hello longer than the limit" => ClientHelloBuilder.Typical(ProxyConfigs.ServerName).WithPadding(20_000).WithRecordSize(8_000).Build(),
        "endless records" => [.. Enumerable.Repeat(TlsRecords.Record([0x01, 0x01, 0x00, 0x00]), 2_000).SelectMany(record => record)],
        "record of another handshake message" => TlsRecords.Record([0x02, 0x00, 0x00, 0x02, 0x03, 0x03]),
        "extension beyond the end" => new ClientHelloBuilder().WithoutExtensionBlock().WithTrailingBytes(0x00, 0x04, 0x00, 0x00, 0xFF, 0xFF).Build(),
        "unknown server name" => ClientHelloBuilder.Typical("elsewhere{mesh=default}").Build(),
        "server name of 16,000 dots" => new ClientHelloBuilder().WithServerName(new string('.', 16_000)).WithRecordSize(16_384).Build(),
        "no server name" => new ClientHelloBuilder().WithAlpn("h2").Build(),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
