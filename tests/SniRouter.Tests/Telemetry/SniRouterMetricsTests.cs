using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.SniRouter.Telemetry;
using Zoneway.SniRouter.Tests.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Telemetry;

/// <summary>What a metrics exporter sees of real connections.</summary>
public abstract class SniRouterMetricsTests(PathUnderTest path)
{
    [Fact]
    public async Task Instruments_OpenConnection_IsSeenInEveryCount()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        using var metrics = Record(streams.Proxy);
        await Eventually.TrueAsync(() => metrics.Value("downstream_cx_sniffing") == 0);

        Assert.Equal(1, metrics.Value("downstream_cx_total"));
        Assert.Equal(1, metrics.Value("downstream_cx_active"));
        Assert.Equal(streams.Proxy.Tracker.MaxConnections, metrics.Value("downstream_cx_limit"));
        Assert.Equal(1, metrics.Value("listener_active"));
        Assert.Equal(0, metrics.Value("listener_unbound"));
        Assert.Equal(1, metrics.Value("upstream_cx_total", "cluster=default:backend"));
        Assert.Equal(1, metrics.Value("upstream_cx_active", "cluster=default:backend"));
        Assert.Equal(1, metrics.Value("membership_total", "cluster=default:backend"));
    }

    [Fact]
    public async Task Instruments_ConnectionOver_OutcomeAndBytesAreCounted()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        using var metrics = Record(streams.Proxy);
        await streams.ExpectAliveAsync();
        streams.Client.FinishSending();
        streams.Server.FinishSending();
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Completed);

        Assert.Equal(0, metrics.Value("downstream_cx_active"));
        Assert.Equal(0, metrics.Value("upstream_cx_active"));
        Assert.Equal(1, metrics.Value("downstream_cx_outcome", "outcome=completed"));
        Assert.Equal(SplicedStreams.Hello.Length + 4, metrics.Value("upstream_cx_tx_bytes_total"));
        Assert.Equal(4, metrics.Value("upstream_cx_rx_bytes_total"));
    }

    [Fact]
    public async Task Instruments_FailuresOfTheUpstream_AreCountedForTheCluster()
    {
        using var refusing = new RefusingEndpoint();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        using var metrics = Record(proxy);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(refusing.Address));
        using var refused = await proxy.ConnectAsync(SplicedStreams.Hello);
        await refused.EndAsync();
        await proxy.ApplyAsync(new() { Clusters = [ProxyConfigs.ClusterOf()] });
        using var lonely = await proxy.ConnectAsync(SplicedStreams.Hello);
        await lonely.EndAsync();
        await Eventually.TrueAsync(() => proxy.Count(ConnectionOutcome.NoEndpoints) == 1);

        Assert.Equal(1, metrics.Value("upstream_cx_connect_fail"));
        Assert.Equal(0, metrics.Value("upstream_cx_connect_timeout"));
        Assert.Equal(1, metrics.Value("upstream_cx_none_healthy"));
        Assert.Equal(1, metrics.Value("downstream_cx_outcome", "outcome=connect_failed"));
    }

    [Fact]
    public async Task Instruments_PortTaken_IsCounted()
    {
        using var squatter = new ScriptedUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path, time: new ManualTimeProvider());
        using var metrics = Record(proxy);

        await proxy.Updater.ApplyAsync(new() { Listeners = [ProxyConfigs.ListenerOf() with { Address = squatter.Address }] });

        Assert.Equal(1, metrics.Value("listener_create_failure"));
        Assert.Equal(1, metrics.Value("listener_unbound"));
        Assert.Equal(0, metrics.Value("listener_active"));
    }

    [Fact]
    public async Task Instruments_HaveUnitAndDescription_AndNoServerNameAsTag()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        using var metrics = Record(streams.Proxy);

        var readings = metrics.Read();

        Assert.All(readings, reading => Assert.False(string.IsNullOrEmpty(reading.Unit) || string.IsNullOrEmpty(reading.Description), reading.Name));
        Assert.DoesNotContain(readings.SelectMany(reading => reading.Tags), tag => tag.Contains(ProxyConfigs.ServerName, StringComparison.Ordinal));
        Assert.Equal(ConnectionOutcomes.Count, readings.Count(reading => reading.Name == "downstream_cx_outcome"));
    }

    private static MetricRecorder Record(ProxyUnderTest proxy) => new(SniRouterMetrics.MeterName, proxy.Services.GetRequiredService<IMeterFactory>());
}

public sealed class PortableSniRouterMetricsTests() : SniRouterMetricsTests(PathUnderTest.Portable);
