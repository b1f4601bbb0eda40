using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>A cluster takes as many connections as its circuit breaker allows; one more is closed at once, and the others are not disturbed.</summary>
public abstract class CircuitBreakerTests(PathUnderTest path)
{
    [Fact]
    public async Task MaxConnections_OneMore_IsClosedAndSaidOnce()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await StartAsync(new() { MaxConnections = 2, TrackRemaining = true }, upstream.Address);
        using var metrics = new MetricRecorder(SniRouterMetrics.MeterName, proxy.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        using var first = await ConnectedAsync(proxy);
        Assert.Equal((0L, 1L), (metrics.Value("circuit_breakers.default.cx_open"), metrics.Value("circuit_breakers.default.remaining_cx")));
        using var second = await ConnectedAsync(proxy);

        for (int i = 0; i < 3; i++)
        {
            await ExpectRefusedAsync(proxy);
        }

        await Eventually.TrueAsync(() => proxy.Count(ConnectionOutcome.UpstreamOverflow) == 3 && proxy.Log.Any(record => record.Level == LogLevel.Warning));
        Assert.Equal((1L, 0L), (metrics.Value("circuit_breakers.default.cx_open"), metrics.Value("circuit_breakers.default.remaining_cx")));
        Assert.Equal((3L, 0L), (metrics.Value("upstream_cx_overflow"), metrics.Value("upstream_rq_pending_overflow")));
        Assert.Contains("it allows 2 connections", Assert.Single(proxy.Log, record => record.Level == LogLevel.Warning).Message, StringComparison.Ordinal);
        await first.SendAsync("ping");
        Assert.Equal("ping", await first.ReceiveTextAsync(4));
    }

    [Fact]
    public async Task MaxConnections_OneLeaves_AnotherIsServed()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await StartAsync(new() { MaxConnections = 1 }, upstream.Address);

        for (int i = 0; i < 3; i++)
        {
            using var client = await ConnectedAsync(proxy);
            client.FinishSending();
            await client.EndAsync();
            await proxy.ExpectNothingOpenAsync();
        }

        await proxy.ExpectAsync(ConnectionOutcome.Completed, connections: 3);
    }

    [Fact]
    public async Task MaxConnections_Raised_HoldsAtOnce()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await StartAsync(new() { MaxConnections = 0 }, upstream.Address);
        await ExpectRefusedAsync(proxy);

        await proxy.ApplyAsync(new() { Clusters = [ClusterOf(new() { MaxConnections = 1 }, upstream.Address)] });

        using var client = await ConnectedAsync(proxy);
    }

    [Fact]
    public async Task MaxPendingRequests_OneMoreConnectAtATime_IsClosed()
    {
        using var silent = await SilentEndpoint.CreateAsync();
        await using var proxy = await StartAsync(new() { MaxPendingRequests = 1 }, silent.Address);
        using var waiting = await proxy.ConnectAsync(SplicedStreams.Hello);
        await Eventually.TrueAsync(() => proxy.Cluster().CircuitBreaker.Pending == 1);

        await ExpectRefusedAsync(proxy);

        await Eventually.TrueAsync(() => proxy.Count(ConnectionOutcome.UpstreamOverflow) == 1);
        Assert.Equal((0L, 1L), (proxy.Cluster().Stats.Overflows, proxy.Cluster().Stats.PendingOverflows));
        waiting.Reset();
    }

    [Fact]
    public async Task MaxRetries_None_TheFirstAttemptIsTheLast()
    {
        using var first = new RefusingEndpoint();
        using var second = new RefusingEndpoint();
        await using var proxy = await StartAsync(new() { MaxRetries = 0 }, first.Address, second.Address);

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        Assert.Empty((await client.ReceiveToEndAsync()).Bytes);
        await proxy.ExpectAsync(ConnectionOutcome.ConnectFailed);
        Assert.Equal((1L, 1L), (proxy.Cluster().Stats.ConnectFailures, proxy.Cluster().Stats.RetryOverflows));
    }

    [Fact]
    public async Task MaxRetries_One_ASingleConnectionMayTryEveryEndpoint()
    {
        using var first = new RefusingEndpoint();
        using var second = new RefusingEndpoint();
        await using var proxy = await StartAsync(new() { MaxRetries = 1 }, first.Address, second.Address);

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);

        await client.EndAsync();
        await proxy.ExpectAsync(ConnectionOutcome.ConnectFailed);
        Assert.Equal((2L, 0L), (proxy.Cluster().Stats.ConnectFailures, proxy.Cluster().Stats.RetryOverflows));
    }

    [Fact]
    public async Task ManyAtOnce_NeverMoreThanTheLimitReachTheUpstream()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await StartAsync(new() { MaxConnections = 5 }, upstream.Address);

        var clients = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => proxy.ConnectAsync(SplicedStreams.Hello)));
        await Eventually.TrueAsync(() => proxy.Cluster().Stats.UpstreamConnections + proxy.Count(ConnectionOutcome.UpstreamOverflow) == 40);

        Assert.Equal((5L, 5u), (proxy.Cluster().Stats.UpstreamConnections, proxy.Cluster().CircuitBreaker.Connections));
        Array.ForEach(clients, client => client.Dispose());
        await proxy.ExpectNothingOpenAsync();
    }

    private async Task<ProxyUnderTest> StartAsync(CircuitBreakerConfig limits, params EndPoint[] endpoints)
    {
        var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(new DataPlaneUpdate { Clusters = [ClusterOf(limits, endpoints)], Listeners = [ProxyConfigs.ListenerOf(ProxyConfigs.Chain(ProxyConfigs.ProxyTo()))] });
        return proxy;
    }

    private static ClusterConfig ClusterOf(CircuitBreakerConfig limits, params EndPoint[] endpoints) => ProxyConfigs.ClusterOf(endpoints) with { CircuitBreakers = limits };

    private static async Task ExpectRefusedAsync(ProxyUnderTest proxy)
    {
        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        Assert.Empty((await client.ReceiveToEndAsync()).Bytes);
    }

    private static async Task<TcpPeer> ConnectedAsync(ProxyUnderTest proxy)
    {
        var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        await client.ReceiveAsync(SplicedStreams.Hello.Length);
        return client;
    }
}
