using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>A filter chain takes as many new connections as its local rate limit has tokens; one more is closed at once.</summary>
public abstract class RateLimitTests(PathUnderTest path)
{
    private static readonly LocalRateLimitConfig TwoAMinute = new("tcp_rate_limit", MaxTokens: 2, TokensPerFill: 1, TimeSpan.FromMinutes(1));

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Connections_BeyondTheTokens_AreClosedUntilTheNextFill()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: _clock);
        using var metrics = new MetricRecorder(SniRouterMetrics.MeterName, proxy.Services.GetRequiredService<IMeterFactory>());
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.ProxyTo() with { RateLimit = TwoAMinute }, upstream.Address));
        using var first = await ServedAsync(proxy);
        using var second = await ServedAsync(proxy);

        await RefusedAsync(proxy);
        await RefusedAsync(proxy);
        _clock.Advance(TimeSpan.FromMinutes(1));
        using var third = await ServedAsync(proxy);
        await RefusedAsync(proxy);

        await Eventually.TrueAsync(() => proxy.Count(ConnectionOutcome.RateLimited) == 3);
        Assert.Equal(3, metrics.Value("local_rate_limit.rate_limited", "stat_prefix=tcp_rate_limit"));
        Assert.Equal(3, upstream.Connections);
        await first.SendAsync("ping");
        Assert.Equal("ping", await first.ReceiveTextAsync(4));
    }

    [Fact]
    public async Task Update_SameLimit_TheTokensUsedStayUsed()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: _clock);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.ProxyTo() with { RateLimit = TwoAMinute }, upstream.Address));
        using var first = await ServedAsync(proxy);
        using var second = await ServedAsync(proxy);

        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.ProxyTo() with { RateLimit = TwoAMinute with { }, IdleTimeout = TimeSpan.FromMinutes(5) }, upstream.Address));
        await RefusedAsync(proxy);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.ProxyTo() with { RateLimit = TwoAMinute with { MaxTokens = 1 } }, upstream.Address));
        using var third = await ServedAsync(proxy);
        await RefusedAsync(proxy);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));
        using var fourth = await ServedAsync(proxy);

        await Eventually.TrueAsync(() => proxy.Count(ConnectionOutcome.RateLimited) == 2);
    }

    private static async Task<TcpPeer> ServedAsync(ProxyUnderTest proxy)
    {
        var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        await client.ReceiveAsync(SplicedStreams.Hello.Length);
        return client;
    }

    private static async Task RefusedAsync(ProxyUnderTest proxy)
    {
        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        Assert.Empty((await client.ReceiveToEndAsync()).Bytes);
    }
}
