using Zoneway.SniRouter.Routing;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>A proxy with one connection through it: the hello has arrived and both ends are in the hands of the test.</summary>
internal sealed class SplicedStreams : IAsyncDisposable
{
    public static readonly byte[] Hello = ClientHelloBuilder.Typical(ProxyConfigs.ServerName).Build();

    private readonly ScriptedUpstream _upstream = new();

    private SplicedStreams(ProxyUnderTest proxy) => Proxy = proxy;

    public ProxyUnderTest Proxy { get; }

    public TcpPeer Client { get; private set; } = null!;

    public TcpPeer Server { get; private set; } = null!;

    public static async Task<SplicedStreams> OpenAsync(PathUnderTest path, TcpProxyConfig? proxy = null, TimeProvider? time = null)
    {
        var streams = new SplicedStreams(await ProxyUnderTest.StartAsync(path, time: time));
        await streams.Proxy.ApplyAsync(ProxyConfigs.RouteTo(proxy ?? ProxyConfigs.ProxyTo(), streams._upstream.Address));
        streams.Client = await streams.Proxy.ConnectAsync(Hello);
        streams.Server = await streams._upstream.AcceptAsync();
        Assert.Equal(Hello, await streams.Server.ReceiveAsync(Hello.Length));
        return streams;
    }

    /// <summary>Checks that bytes still pass both ways.</summary>
    public async Task ExpectAliveAsync()
    {
        await Client.SendAsync("ping");
        Assert.Equal("ping", await Server.ReceiveTextAsync(4));
        await Server.SendAsync("pong");
        Assert.Equal("pong", await Client.ReceiveTextAsync(4));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Server.Dispose();
        _upstream.Dispose();
        await Proxy.DisposeAsync();
    }
}
