using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>Connections that no endpoint serves: a direct response, or the terminating part of the program.</summary>
public abstract class LocalAnswerTests(PathUnderTest path)
{
    private const string Body = """{"proxy":"ingress.east","zone":"east"}""";

    [Theory]
    [InlineData("")]
    [InlineData("hello?")]
    public async Task DirectResponse_AnyClient_GetsTheBodyAndTheEnd(string sent)
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.UnconditionalChain(new DirectResponseConfig(Encoding.UTF8.GetBytes(Body)))));

        using var client = await proxy.ConnectAsync(Encoding.ASCII.GetBytes(sent));
        byte[] body = await client.ReceiveAsync(Body.Length);

        Assert.Equal(Body, Encoding.UTF8.GetString(body));
        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.DirectResponse);
    }

    [Fact]
    public async Task DirectResponse_ClientThatSendsNothing_IsClosedInOrder()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.UnconditionalChain(new DirectResponseConfig(Encoding.UTF8.GetBytes(Body)))));

        using var client = await proxy.ConnectAsync();

        Assert.Equal(Body, await client.ReceiveTextAsync(Body.Length));
        Assert.Equal(TcpEnd.Finished, await client.EndAsync());
    }

    [Fact]
    public async Task DirectResponse_ChainForPlainText_AnswersOnlyThat()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        var plain = new FilterChainConfig
        {
            Name = "plain",
            Match = new FilterChainMatch { TransportProtocol = TransportProtocol.RawBuffer },
            Action = new DirectResponseConfig("no TLS"u8.ToArray()),
        };
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address) with
        {
            Listeners = [ProxyConfigs.ListenerOf(ProxyConfigs.Chain(ProxyConfigs.ProxyTo()), plain)],
        });

        using var http = await proxy.ConnectAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        using var tls = await proxy.ConnectAsync(SplicedStreams.Hello);

        Assert.Equal("no TLS", await http.ReceiveTextAsync(6));
        Assert.Equal(SplicedStreams.Hello, await tls.ReceiveAsync(SplicedStreams.Hello.Length));
    }

    [Fact]
    public async Task OtherAction_NextMiddleware_GetsTheChainAndEveryByte()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path, behind: listen => listen.Use(_ => EchoChainAndBytesAsync));
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.Chain(new TerminateConfig())));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        client.FinishSending();
        var (received, _) = await client.ReceiveToEndAsync();

        Assert.Equal([.. Encoding.ASCII.GetBytes(ProxyConfigs.ServerName), .. SplicedStreams.Hello], received);
        await proxy.ExpectAsync(ConnectionOutcome.HandedOver);
    }

    [Fact]
    public async Task OtherAction_NothingBehindTheRouter_ClosesTheConnection()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.UnconditionalChain(new TerminateConfig())));

        using var client = await proxy.ConnectAsync("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"u8.ToArray());

        Assert.Empty((await client.ReceiveToEndAsync()).Bytes);
        await proxy.ExpectAsync(ConnectionOutcome.HandedOver);
    }

    [Fact]
    public async Task OtherAction_MiddlewareThrows_InternalErrorWithItsStackTrace()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path, behind: listen => listen.Use(_ => _ => throw new InvalidOperationException("a fault of ours")));
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.Chain(new TerminateConfig())));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        Assert.Equal(TcpEnd.Reset, await client.EndAsync());
        await proxy.ExpectAsync(ConnectionOutcome.InternalError);
        var fault = Assert.Single(proxy.Log, record => record.Level == LogLevel.Error);
        Assert.Equal("a fault of ours", fault.Exception?.Message);
    }

    [Fact]
    public async Task OtherAction_AbortAll_EndsTheConnection()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path, behind: listen => listen.Use(_ => EchoChainAndBytesAsync));
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.Chain(new TerminateConfig())));
        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        await client.ReceiveAsync(1);

        proxy.Tracker.AbortAll();

        Assert.Equal(TcpEnd.Reset, await client.EndAsync());
        await proxy.ExpectNothingOpenAsync();
    }

    private static async Task EchoChainAndBytesAsync(ConnectionContext context)
    {
        var chain = context.Features.Get<IRouteFeature>()!.FilterChain;
        await context.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(chain.Name));
        await context.Transport.Input.CopyToAsync(context.Transport.Output);
    }

    private sealed record TerminateConfig : FilterChainActionConfig;
}
