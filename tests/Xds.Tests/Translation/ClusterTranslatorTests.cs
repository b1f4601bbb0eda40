using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Clusters;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

public sealed class ClusterTranslatorTests
{
    [Fact]
    public void Translate_EdsCluster_TakesEnvoysDefaults()
    {
        var result = ClusterTranslator.Translate(Cluster("{name: 'mesh:a', altStatName: x, type: EDS, edsClusterConfig: {edsConfig: {ads: {}, resourceApiVersion: V3}}, circuitBreakers: {thresholds: [{trackRemaining: true}]}}"));

        Assert.Empty(result.Errors);
        Assert.Empty(result.Ignored);
        Assert.Equal(new ClusterConfig { Name = "mesh:a", CircuitBreakers = new() { TrackRemaining = true } }, result.Config);
        Assert.Equal("mesh:a", result.Assignment);
    }

    [Fact]
    public void Translate_Fields_AreUnderstood()
    {
        var config = Good("""
            {name: a, type: EDS, edsClusterConfig: {serviceName: b, edsConfig: {self: {}}}, connectTimeout: 0.25s, lbPolicy: LEAST_REQUEST,
             commonLbConfig: {healthyPanicThreshold: {value: 0}, localityWeightedLbConfig: {}}}
            """);

        Assert.Equal(
            new ClusterConfig
            {
                Name = "a",
                EdsServiceName = "b",
                ConnectTimeout = TimeSpan.FromMilliseconds(250),
                Policy = LoadBalancerPolicy.LeastRequest,
                HealthyPanicThreshold = 0,
                LocalityWeighted = true,
            },
            config);
        Assert.Equal("b", config.AssignmentName);
    }

    [Theory]
    [InlineData("ROUND_ROBIN", LoadBalancerPolicy.RoundRobin)]
    [InlineData("LEAST_REQUEST", LoadBalancerPolicy.LeastRequest)]
    [InlineData("RANDOM", LoadBalancerPolicy.Random)]
    [InlineData("RING_HASH", LoadBalancerPolicy.Random)]
    [InlineData("MAGLEV", LoadBalancerPolicy.Random)]
    public void Translate_Policy_IsTheDomains(string name, LoadBalancerPolicy policy) => Assert.Equal(policy, Good($"{{name: a, type: EDS, lbPolicy: {name}}}").Policy);

    [Fact]
    public void Translate_Subsets_AreUnderstood()
    {
        var subsets = Good("""
            {name: a, type: EDS, lbSubsetConfig: {fallbackPolicy: DEFAULT_SUBSET, defaultSubset: {version: '1'}, subsetSelectors: [
              {keys: [version, region, version], fallbackPolicy: KEYS_SUBSET, fallbackKeysSubset: [region]}, {keys: [region], fallbackPolicy: NO_FALLBACK},
              {keys: [x], fallbackPolicy: ANY_ENDPOINT}, {keys: [y], fallbackPolicy: DEFAULT_SUBSET}, {keys: [z]}, {keys: [region], fallbackPolicy: ANY_ENDPOINT}, {}]}}
            """).Subsets!;

        Assert.Equal((SubsetFallback.DefaultSubset, "version=1"), (subsets.Fallback, subsets.DefaultSubset.ToString()));
        Assert.Equal(["region,version", "region", "x", "y", "z"], subsets.Selectors.Select(selector => string.Join(',', selector.Keys)));
        Assert.Equal(
            [SubsetFallback.KeysSubset, SubsetFallback.NoFallback, SubsetFallback.AnyEndpoint, SubsetFallback.DefaultSubset, null],
            subsets.Selectors.Select(selector => selector.Fallback));
        Assert.Equal(["region"], subsets.Selectors[0].FallbackKeys.ToArray());
    }

    [Fact]
    public void Translate_StaticCluster_HasItsEndpointsWithIt()
    {
        var config = Good("""
            {name: a, loadAssignment: {clusterName: other, endpoints: [{lbEndpoints: [
              {endpoint: {address: {socketAddress: {address: 10.0.0.1, portValue: 80}}}}, {endpoint: {address: {pipe: {path: /run/x.sock}}}}, {endpoint: {address: {pipe: {path: '@x'}}}}]}]}}
            """);

        Assert.Equal((ClusterDiscovery.Static, "a"), (config.Discovery, config.InlineAssignment!.ClusterName));
        Assert.Equal(
            [new IPEndPoint(IPAddress.Parse("10.0.0.1"), 80), new UnixDomainSocketEndPoint("/run/x.sock"), new UnixDomainSocketEndPoint("\0x")],
            Assert.Single(config.InlineAssignment.Localities).Endpoints.Select(endpoint => endpoint.Address));
    }

    [Theory]
    [InlineData("STRICT_DNS", ClusterDiscovery.StrictDns)]
    [InlineData("LOGICAL_DNS", ClusterDiscovery.LogicalDns)]
    public void Translate_DnsCluster_KeepsNames(string type, ClusterDiscovery discovery)
    {
        var config = Good($"{{name: a, type: {type}, loadAssignment: {{clusterName: a, endpoints: [{{lbEndpoints: [{{endpoint: {{hostname: h, address: {Socket("kuma.io:80")}}}}}]}}]}}}}");

        var endpoint = Assert.Single(Assert.Single(config.InlineAssignment!.Localities).Endpoints);
        Assert.Equal((discovery, new DnsEndPoint("kuma.io", 80), "h"), (config.Discovery, endpoint.Address, endpoint.Hostname));
    }

    [Fact]
    public void Translate_StaticClusterWithoutAssignment_HasNoEndpoints() => Assert.Empty(Good("{name: a}").InlineAssignment!.Localities);

    [Theory]
    [InlineData("type: ORIGINAL_DST", "type")]
    [InlineData("type: EDS, connectTimeout: 0s", "connect_timeout")]
    [InlineData("type: EDS, connectTimeout: -1s", "connect_timeout")]
    [InlineData("type: EDS, lbPolicy: CLUSTER_PROVIDED", "lb_policy")]
    [InlineData("type: EDS, lbPolicy: LOAD_BALANCING_POLICY_CONFIG", "lb_policy")]
    [InlineData("type: EDS, loadBalancingPolicy: {}", "load_balancing_policy")]
    [InlineData("type: EDS, edsClusterConfig: {edsConfig: {path: /x}}", "eds_cluster_config.eds_config")]
    [InlineData("type: EDS, edsClusterConfig: {edsConfig: {apiConfigSource: {}}}", "eds_cluster_config.eds_config")]
    [InlineData("type: EDS, commonLbConfig: {healthyPanicThreshold: {value: 101}}", "common_lb_config.healthy_panic_threshold")]
    [InlineData("type: EDS, commonLbConfig: {healthyPanicThreshold: {value: NaN}}", "common_lb_config.healthy_panic_threshold")]
    [InlineData("type: EDS, transportSocket: {name: tls}", "transport_socket")]
    [InlineData("type: EDS, transportSocketMatches: [{name: x, transportSocket: {name: tls}}]", "transport_socket_matches[0].transport_socket")]
    [InlineData("type: EDS, lbSubsetConfig: {listAsAny: true}", "lb_subset_config.list_as_any")]
    [InlineData("type: EDS, lbSubsetConfig: {metadataFallbackPolicy: FALLBACK_LIST}", "lb_subset_config.metadata_fallback_policy")]
    [InlineData("type: EDS, lbSubsetConfig: {fallbackPolicy: 7}", "lb_subset_config.fallback_policy")]
    [InlineData("type: EDS, lbSubsetConfig: {subsetSelectors: [{keys: [a], fallbackPolicy: 9}]}", "lb_subset_config.subset_selectors[0].fallback_policy")]
    [InlineData("type: EDS, lbSubsetConfig: {subsetSelectors: [{keys: [a, b], fallbackPolicy: KEYS_SUBSET}]}", "lb_subset_config.subset_selectors[0].fallback_keys_subset")]
    [InlineData("type: EDS, lbSubsetConfig: {subsetSelectors: [{keys: [a, b], fallbackPolicy: KEYS_SUBSET, fallbackKeysSubset: [a, b]}]}", "lb_subset_config.subset_selectors[0].fallback_keys_subset")]
    [InlineData("type: EDS, lbSubsetConfig: {subsetSelectors: [{keys: [a, b], fallbackPolicy: KEYS_SUBSET, fallbackKeysSubset: [c]}]}", "lb_subset_config.subset_selectors[0].fallback_keys_subset")]
    [InlineData("loadAssignment: {endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: kuma.io, portValue: 80}}}}]}]}", "load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address")]
    [InlineData("type: LOGICAL_DNS, loadAssignment: {}", "load_assignment")]
    [InlineData("type: STRICT_DNS, dnsRefreshRate: 0s", "dns_refresh_rate")]
    [InlineData("type: STRICT_DNS, dnsLookupFamily: 9", "dns_lookup_family")]
    [InlineData("type: STRICT_DNS, dnsFailureRefreshRate: {}", "dns_failure_refresh_rate.base_interval")]
    [InlineData("type: STRICT_DNS, dnsFailureRefreshRate: {baseInterval: 2s, maxInterval: 1s}", "dns_failure_refresh_rate.max_interval")]
    public void Translate_UnusableField_QuarantinesCluster(string fields, string field)
    {
        var result = ClusterTranslator.Translate(Cluster($"{{name: a, {fields}}}"));

        Assert.Null(result.Config);
        Assert.Equal(field, Assert.Single(result.Errors).Field);
    }

    [Fact]
    public void Translate_TooManySelectors_QuarantinesCluster()
    {
        string WithSelectors(int count) => $"{{name: a, type: EDS, lbSubsetConfig: {{subsetSelectors: [{string.Join(", ", Enumerable.Range(0, count).Select(i => $"{{keys: [k{i}]}}"))}]}}}}";

        Assert.Equal(SubsetConfig.MaxSelectors, Good(WithSelectors(SubsetConfig.MaxSelectors)).Subsets!.Selectors.Length);
        Assert.Equal("lb_subset_config.subset_selectors", Assert.Single(ClusterTranslator.Translate(Cluster(WithSelectors(SubsetConfig.MaxSelectors + 1))).Errors).Field);
    }

    [Fact]
    public void Translate_CustomClusterType_QuarantinesCluster()
    {
        var result = ClusterTranslator.Translate(Append(Cluster("{name: a}"), 0xB2, 0x02, 0)); // field 38, cluster_type

        Assert.Null(result.Config);
        Assert.Equal("38", Assert.Single(result.Errors).Field);
    }

    [Fact]
    public void Translate_QuarantinedCluster_StillAsksForItsAssignment()
    {
        var result = ClusterTranslator.Translate(Cluster("{name: a, type: EDS, edsClusterConfig: {serviceName: s}, lbPolicy: CLUSTER_PROVIDED}"));

        Assert.Equal((null, "s"), (result.Config, result.Assignment));
    }

    [Fact]
    public void Translate_FieldsWithoutEffect_AreIgnored()
    {
        var result = ClusterTranslator.Translate(Cluster("{name: a, type: STRICT_DNS, dnsLookupFamily: V4_ONLY, dnsRefreshRate: 5s, outlierDetection: {}, healthChecks: [{}]}"));

        Assert.Empty(result.Errors);
        Assert.Equal(["health_checks[0]"], result.Ignored.Select(field => field.Field).Order());
    }

    private static ClusterConfig Good(string yaml)
    {
        var result = ClusterTranslator.Translate(Cluster(yaml));
        Assert.Empty(result.Errors);
        return result.Config!;
    }
}
