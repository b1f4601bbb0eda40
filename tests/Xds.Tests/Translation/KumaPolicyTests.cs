using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination;
using Zoneway.TestUtilities;

namespace Zoneway.Xds.Tests.Translation;

/// <summary>The values of each policy of protocol §8, read from the fixtures by eye.</summary>
public sealed class KumaPolicyTests
{
    private const string Root = "kuma/head/policies";
    private const string External = "kri_extsvc_default___example_9000";
    private const string EndToEndExternal = "kri_extsvc_envoyconfig-zoneproxies_kuma-3__mes-zone-proxy_80";

    public static TheoryData<string> Versions => ["v2.14.3", "head"];

    [FixtureTheory(Root)]
    [MemberData(nameof(Versions))]
    public void MeshTimeout_ConnectAndIdle(string version)
    {
        var clusters = KumaFixture.Read($"{version}/policies/meshtimeout/zone_egress_sni.cluster.golden.yaml");
        var listener = KumaFixture.Read($"{version}/policies/meshtimeout/zone_egress_sni.listener.golden.yaml").Listener("self_zoneegress_dp_ze-port");

        var http = clusters.Cluster("mes-http");
        Assert.Equal(TimeSpan.FromSeconds(7), http.Config!.ConnectTimeout);
        Assert.Contains(http.Enforced, field => field.What == "connect timeout 7s");
        Assert.Empty(http.Ignored);
        Assert.Equal(TimeSpan.FromSeconds(5), clusters.Cluster("mes-tcp").Config!.ConnectTimeout);
        Assert.Equal(IPEndPoint.Parse("192.168.0.10:10002"), listener.Address);
        Assert.Equal(
            [("mes-http", "sni.extsvc.default.zone-1.aws-aurora.8443", true), ("mes-tcp", "sni.extsvc.default.zone-1.redis.6379", false)],
            listener.FilterChains.Select(chain => (chain.Name, Assert.Single(chain.Match.ServerNames), chain.Action is TerminatedChainConfig)));
        var tcp = Assert.IsType<TcpProxyConfig>(listener.FilterChains[1].Action);
        Assert.Equal(("mes-tcp", TimeSpan.FromHours(1)), (Assert.Single(tcp.Clusters).Cluster, tcp.IdleTimeout));
    }

    [FixtureTheory(Root)]
    [InlineData("head/policies/meshcircuitbreaker/basic-meshexternalservice.zone_proxy_cluster.golden.yaml", External, true)]
    [InlineData("v2.14.3/policies/meshcircuitbreaker/basic-meshexternalservice.zone_proxy_cluster.golden.yaml", External, true)]
    [InlineData("v2.14.3/policies/meshcircuitbreaker/basic-meshexternalservice.egress_cluster.golden.yaml", "external", false)]
    public void MeshCircuitBreaker_Thresholds(string file, string name, bool tracks)
    {
        var clusters = KumaFixture.Read(file).Clusters;

        Assert.All(clusters, result =>
        {
            Assert.Equal(name, result.Config!.Name);
            Assert.Equal(new CircuitBreakerConfig { MaxConnections = 2222, MaxPendingRequests = 3333, MaxRequests = 4444, MaxRetries = 5555, TrackRemaining = tracks }, result.Config.CircuitBreakers);
            Assert.Contains("circuit_breakers.thresholds[0].max_connection_pools", result.Ignored.Select(field => field.Field));
        });
    }

    [FixtureTheory(Root)]
    [InlineData("head/policies/meshcircuitbreaker/basic-meshexternalservice-outlier.zone_proxy_cluster.golden.yaml", External)]
    [InlineData("v2.14.3/policies/meshcircuitbreaker/basic-meshexternalservice-outlier.zone_proxy_cluster.golden.yaml", External)]
    [InlineData("v2.14.3/policies/meshcircuitbreaker/basic-meshexternalservice.egress_cluster.golden.yaml", "external")]
    public void MeshCircuitBreaker_OutlierDetection(string file, string name)
    {
        var result = KumaFixture.Read(file).Clusters[0];

        Assert.Equal((name, 30.2), (result.Config!.Name, result.Config.HealthyPanicThreshold));
        Assert.Contains(result.Enforced, field => field.What == "panic below 30.2 % healthy");
        Assert.Contains(result.Enforced, field => field.Field == "outlier_detection" && field.What == "ejection after 12 failures in a row, for 8s, of 88 % at most");
        Assert.Equal(
            new OutlierDetectionConfig
            {
                Interval = TimeSpan.FromSeconds(10),
                BaseEjectionTime = TimeSpan.FromSeconds(8),
                MaxEjectionTime = TimeSpan.FromSeconds(300),
                MaxEjectionPercent = 88,
                SplitsLocalOrigin = true,
                Consecutive5xx = 12,
                EnforcingConsecutive5xx = 100,
                ConsecutiveGatewayFailure = 91,
                EnforcingConsecutiveGatewayFailure = 100,
                ConsecutiveLocalOriginFailure = 3,
                EnforcingConsecutiveLocalOriginFailure = 100,
                SuccessRate = new() { Enforcing = 100, EnforcingLocalOrigin = 100, MinimumHosts = 33, RequestVolume = 99, StdevFactor = 1900 },
                FailurePercentage = new() { Threshold = 80, Enforcing = 100, EnforcingLocalOrigin = 100, MinimumHosts = 32, RequestVolume = 182 },
            },
            result.Config.OutlierDetection);
    }

    [FixtureTheory(Root)]
    [MemberData(nameof(Versions))]
    public void MeshHealthCheck_Tcp(string version)
    {
        var result = KumaFixture.Read($"{version}/policies/meshhealthcheck/basic-meshexternalservice-tcp.zone_proxy_cluster.golden.yaml").Cluster(External);

        var check = Assert.Single(result.Config!.HealthChecks);
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2), 3u, 1u), (check.Interval, check.Timeout, check.UnhealthyThreshold, check.HealthyThreshold));
        Assert.Equal((TimeSpan.FromSeconds(60), true, 0), (check.NoTrafficInterval, check.ReusesConnection, check.Port));
        var probe = Assert.IsType<TcpHealthProbe>(check.Probe);
        Assert.True(probe.Send.IsEmpty && probe.Receive.IsEmpty);
        Assert.Contains(result.Enforced, field => field.Field == "health_checks[0]" && field.What == "TCP every 10s, timeout 2s, unhealthy after 3, healthy after 1");
        Assert.Empty(result.Ignored);
    }

    [FixtureTheory(Root)]
    [InlineData("v2.14.3", 0)]
    [InlineData("head", 1)]
    public void MeshHealthCheck_Http(string version, int headers)
    {
        var result = KumaFixture.Read($"{version}/e2e-zoneproxies/meshhealthcheck/outbound.zone-proxy-egress.golden.json").Cluster(EndToEndExternal);

        var check = Assert.Single(result.Config!.HealthChecks);
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2), 3u, 1u), (check.Interval, check.Timeout, check.UnhealthyThreshold, check.HealthyThreshold));
        var probe = Assert.IsType<HttpHealthProbe>(check.Probe);
        Assert.Equal(("/health", "", false), (probe.Path, probe.Host, probe.IsHttp2));
        Assert.Equal([(200, 201), (201, 202)], probe.ExpectedStatuses.ToArray());
        Assert.Equal(Enumerable.Repeat("x-kuma-tags", headers), probe.Headers.Select(header => header.Key));
    }

    [FixtureTheory("kuma")]
    [InlineData("v2.7.29")]
    [InlineData("v2.14.3")]
    public void MeshRateLimit_Tcp(string version)
    {
        var fixture = KumaFixture.Read($"{version}/policies/meshratelimit/basic_egress.golden.yaml");

        var chains = fixture.Listener("test_listener").FilterChains.ToDictionary(chain => chain.Name, StringComparer.Ordinal);
        var limited = Assert.IsType<TcpProxyConfig>(chains["external-service-1_mesh-2"].Action);
        Assert.Equal(new LocalRateLimitConfig("tcp_rate_limit", 22, 22, TimeSpan.FromSeconds(22)), limited.RateLimit);
        Assert.Null(Assert.IsType<TcpProxyConfig>(chains["external-service-2_mesh-1"].Action).RateLimit);
        Assert.NotNull(Assert.IsType<TerminatedChainConfig>(chains["external-service-1_mesh-1"].Action).Http);
        Assert.Equal(0, Assert.IsType<DirectResponseConfig>(chains["internal-service-1_mesh-1"].Action).Body.Length);
    }

    [FixtureTheory(Root)]
    [MemberData(nameof(Versions))]
    public void MeshMetric_ListenerOfThePortIsServedAndThatOfThePipeIsNot(string version)
    {
        var listeners = KumaFixture.Read($"{version}/policies/meshmetric/zone_ingress_only.listeners.golden.yaml").Listeners;
        var cluster = Assert.Single(KumaFixture.Read($"{version}/policies/meshmetric/zone_ingress_only.clusters.golden.yaml").Clusters).Config!;

        Assert.Equal([(false, 0), (true, 0)], listeners.Select(result => (result.Config is not null, result.Errors.Count)));
        Assert.IsType<UnixDomainSocketEndPoint>(Assert.Single(Assert.Single(cluster.InlineAssignment!.Localities).Endpoints).Address);
    }

    [FixtureTheory(Root)]
    [InlineData("head/policies/meshtrace/zone-ingress-only-otel.cluster.golden.yaml", "jaeger-collector.mesh-observability", 4317)]
    [InlineData("v2.14.3/policies/meshtrace/zone-ingress-only-datadog.cluster.golden.yaml", "ingest.datadog.eu", 8126)]
    [InlineData("head/policies/meshtrace/zone-egress-only-zipkin.cluster.golden.yaml", "jaeger-collector.mesh-observability", 9411)]
    public void MeshTrace_ClusterOfCollector(string file, string host, int port)
    {
        var config = Assert.Single(KumaFixture.Read(file).Clusters).Config!;

        var endpoint = Assert.Single(Assert.Single(config.InlineAssignment!.Localities).Endpoints);
        Assert.Equal((ClusterDiscovery.StrictDns, new DnsEndPoint(host, port)), (config.Discovery, endpoint.Address));
    }

    [FixtureTheory(Root)]
    [MemberData(nameof(Versions))]
    public void MeshProxyPatch_AddedCluster(string version)
    {
        var config = KumaFixture.Read($"{version}/e2e-zoneproxies/meshproxypatch/cluster-add.zone-proxy-ingress.golden.json").Cluster("mpp-added-cluster").Config!;

        Assert.Equal((ClusterDiscovery.Static, TimeSpan.FromSeconds(7)), (config.Discovery, config.ConnectTimeout));
        Assert.Empty(config.InlineAssignment!.Localities);
    }

    [FixtureFact("kuma/v2.14.3/e2e-zoneproxies/meshproxypatch/cluster-patch.zone-proxy-ingress.golden.json")]
    public void MeshProxyPatch_PatchedCluster() => Assert.Equal(
        TimeSpan.FromSeconds(12),
        KumaFixture.Read("v2.14.3/e2e-zoneproxies/meshproxypatch/cluster-patch.zone-proxy-ingress.golden.json").Cluster("kuma:envoy:admin").Config!.ConnectTimeout);
}
