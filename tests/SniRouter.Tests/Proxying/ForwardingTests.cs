using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>The bytes of a connection reach the endpoint and come back untouched, the ClientHello first.</summary>
public abstract class ForwardingTests(PathUnderTest path)
{
    public static TheoryData<string> Hellos => ["typical", "post-quantum", "in records of 16 bytes", "upper case"];

    [Theory]
    [MemberData(nameof(Hellos))]
    public async Task Connection_RoutedHello_ReachesTheEndpointByteForByte(string name)
    {
        byte[] hello = Hello(name);
        using var upstream = new ScriptedUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));

        using var client = await proxy.ConnectAsync([.. hello, .. "and what follows at once"u8]);
        using var server = await upstream.AcceptAsync();
        byte[] received = await server.ReceiveAsync(hello.Length);
        string rest = await server.ReceiveTextAsync("and what follows at once".Length);

        Assert.Equal(hello, received);
        Assert.Equal("and what follows at once", rest);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(97)]
    public async Task Connection_HelloSplitOverManyWrites_IsRoutedAndUntouched(int size)
    {
        byte[] hello = Hello("typical");
        using var upstream = new ScriptedUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));

        using var client = await proxy.ConnectAsync();
        await client.SendAsync(hello.Chunk(size).Select(part => new ReadOnlyMemory<byte>(part)));
        using var server = await upstream.AcceptAsync();

        Assert.Equal(hello, await server.ReceiveAsync(hello.Length));
    }

    [Fact]
    public async Task Connection_MessagesBothWays_ArriveInOrder()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));
        byte[] hello = Hello("typical");

        using var client = await proxy.ConnectAsync(hello);
        Assert.Equal(hello, await client.ReceiveAsync(hello.Length));
        for (int i = 0; i < 200; i++)
        {
            await client.SendAsync($"message {i:000}");
            Assert.Equal($"message {i:000}", await client.ReceiveTextAsync("message 000".Length));
        }

        client.FinishSending();
        Assert.Equal(TcpEnd.Finished, await client.EndAsync());
        await proxy.ExpectAsync(ConnectionOutcome.Completed);
        var stats = proxy.Cluster().Stats;
        long expected = hello.Length + (200 * "message 000".Length);
        Assert.Equal((1L, expected, expected), (stats.UpstreamConnections, stats.SentBytes, stats.ReceivedBytes));
    }

    [Fact]
    public async Task Connections_ManyAtOnce_KeepTheirBytesApart()
    {
        const int connections = 64;
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));

        await Task.WhenAll(Enumerable.Range(0, connections).Select(ExchangeAsync));

        await proxy.ExpectAsync(ConnectionOutcome.Completed, connections);
        Assert.Equal(connections, upstream.Connections);

        async Task ExchangeAsync(int number)
        {
            byte[] sent = [.. Hello("typical"), .. Enumerable.Repeat((byte)number, 10_000)];
            using var client = await proxy.ConnectAsync(sent);
            client.FinishSending();
            var (received, end) = await client.ReceiveToEndAsync();
            Assert.Equal(sent, received);
            Assert.Equal(TcpEnd.Finished, end);
        }
    }

    [Fact]
    public async Task Connection_UnconditionalChain_LetsTheEndpointSpeakFirst()
    {
        using var upstream = new ScriptedUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address) with
        {
            Listeners = [ProxyConfigs.ListenerOf(ProxyConfigs.UnconditionalChain(ProxyConfigs.ProxyTo()))],
        });

        using var client = await proxy.ConnectAsync();
        using var server = await upstream.AcceptAsync();
        await server.SendAsync("220 ready");

        Assert.Equal("220 ready", await client.ReceiveTextAsync("220 ready".Length));
    }

    private static byte[] Hello(string name) => name switch
    {
        "post-quantum" => ClientHelloBuilder.PostQuantum(ProxyConfigs.ServerName).Build(),
        "in records of 16 bytes" => ClientHelloBuilder.Typical(ProxyConfigs.ServerName).WithRecordSize(16).Build(),
        "upper case" => ClientHelloBuilder.Typical(ProxyConfigs.ServerName.ToUpperInvariant()).Build(),
        _ => ClientHelloBuilder.Typical(ProxyConfigs.ServerName).Build(),
    };
}
