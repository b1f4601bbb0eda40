using Microsoft.Extensions.DependencyInjection;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Health;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>Connections keep away from endpoints that fail their health check, and from those that outlier detection has ejected.</summary>
public abstract class HealthTests(PathUnderTest path)
{
    private static readonly HealthCheckConfig Check = new()
    {
        Probe = new TcpHealthProbe("PING"u8.ToArray(), ["PING"u8.ToArray()]),
        Timeout = Eventually.Limit,
        Interval = TimeSpan.FromSeconds(13),
        NoTrafficInterval = TimeSpan.FromSeconds(13),
        UnhealthyThreshold = 1,
        HealthyThreshold = 1,
    };

    [Fact]
    public async Task Check_Fails_ConnectionsGoElsewhere()
    {
        var time = new ManualTimeProvider();
        await using var first = new EchoUpstream();
        // Ends on the way.
        var second = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: time);
        using var metrics = new MetricRecorder(SniRouterMetrics.MeterName, proxy.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        await proxy.ApplyAsync(Update(ProxyConfigs.ClusterOf(first.Address, second.Address) with { HealthChecks = [Check] }));
        await ExpectHealthyAsync(proxy, 2);
        await ServeAsync(proxy, connections: 4);
        Assert.Equal([2L, 2L], proxy.Cluster().Current!.Endpoints.Select(endpoint => endpoint.State.TotalConnections));
        Assert.Equal((2L, 2L, 0L), (metrics.Value("membership_healthy"), metrics.Value("health_check.success"), metrics.Value("health_check.failure")));

        await time.ArmedAsync(dueTime => dueTime == Check.Interval);
        await time.ArmedAsync(dueTime => dueTime == Check.Interval);
        await second.DisposeAsync();
        time.Advance(Check.Interval);
        await ExpectHealthyAsync(proxy, 1);
        await ServeAsync(proxy, connections: 4);

        Assert.Equal([6L, 2L], proxy.Cluster().Current!.Endpoints.Select(endpoint => endpoint.State.TotalConnections));
        Assert.Equal((1L, 1L), (metrics.Value("membership_healthy"), metrics.Value("health_check.network_failure")));
    }

    [Fact]
    public async Task ConnectFailures_EjectTheEndpointUntilItsTimeIsOver()
    {
        var time = new ManualTimeProvider();
        using var refusing = new RefusingEndpoint();
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: time);
        using var metrics = new MetricRecorder(SniRouterMetrics.MeterName, proxy.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        var detection = new OutlierDetectionConfig { SplitsLocalOrigin = true, ConsecutiveLocalOriginFailure = 3 };
        await proxy.ApplyAsync(Update(ProxyConfigs.ClusterOf(refusing.Address, upstream.Address) with { OutlierDetection = detection }));

        // At least every second connection begins at the endpoint that refuses.
        for (var i = 0; i < 6 && proxy.Cluster().Health!.Stats.Ejections == 0; i++)
        {
            await ServeAsync(proxy, connections: 1);
        }

        await ExpectHealthyAsync(proxy, 1);
        var failures = proxy.Cluster().Stats.ConnectFailures;
        await ServeAsync(proxy, connections: 6);

        Assert.Equal((3L, 3L), (failures, proxy.Cluster().Stats.ConnectFailures));
        Assert.Equal((1L, 1L, 1L), (
            metrics.Value("outlier_detection.ejections_active"), metrics.Value("outlier_detection.ejections_enforced_total"),
            metrics.Value("outlier_detection.ejections_enforced_consecutive_local_origin_failure")));
        time.Advance(TimeSpan.FromSeconds(30));
        await ExpectHealthyAsync(proxy, 2);
        Assert.Equal(0, metrics.Value("outlier_detection.ejections_active"));
    }

    [Fact]
    public async Task NotSplit_ConnectionsThatOpen_InterruptASeries()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(Update(ProxyConfigs.ClusterOf(upstream.Address) with { OutlierDetection = new() { Consecutive5xx = 2 } }));
        var state = proxy.Cluster().Current!.Endpoints[0].State;

        for (var i = 0; i < 3; i++)
        {
            state.ConnectFailed();
            await ServeAsync(proxy, connections: 1);
        }

        Assert.Equal((0L, EndpointHealthFlags.None), (proxy.Cluster().Health!.Stats.Ejections, state.Flags));
    }

    [Fact]
    public async Task EveryEndpointIsEjected_PanicServesAllTheSame()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(Update(ProxyConfigs.ClusterOf(upstream.Address) with { OutlierDetection = new() { Consecutive5xx = 1 } }));
        proxy.Cluster().Current!.Endpoints[0].State.ReportResponse(500);
        await ExpectHealthyAsync(proxy, 0);

        await ServeAsync(proxy, connections: 1);

        Assert.Equal(1, upstream.Connections);
    }

    private static DataPlaneUpdate Update(ClusterConfig cluster) =>
        new() { Clusters = [cluster], Listeners = [ProxyConfigs.ListenerOf(ProxyConfigs.Chain(ProxyConfigs.ProxyTo()))] };

    private static Task ExpectHealthyAsync(ProxyUnderTest proxy, int endpoints) =>
        Eventually.TrueAsync(() => proxy.Cluster().Current!.Endpoints.Count(endpoint => endpoint.Health == EndpointHealth.Healthy) == endpoints, $"{endpoints} healthy");

    private static async Task ServeAsync(ProxyUnderTest proxy, int connections)
    {
        for (var i = 0; i < connections; i++)
        {
            using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
            Assert.Equal(SplicedStreams.Hello, await client.ReceiveAsync(SplicedStreams.Hello.Length));
            client.FinishSending();
            await client.EndAsync();
        }
    }
}
