using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

public sealed class TcpProxyTranslatorTests
{
    [Fact]
    public void Translate_OnlyCluster_TakesEnvoysDefaults()
    {
        var proxy = Translate("cluster: a");

        Assert.Equal([new WeightedCluster("a", 1, EndpointMetadata.Empty)], proxy.Clusters.ToArray());
        Assert.Equal((TimeSpan.FromHours(1), 0u, ""), (proxy.IdleTimeout, proxy.MaxConnectAttempts, proxy.StatPrefix));
    }

    [Fact]
    public void Translate_MetadataMatch_TakesOnlyTheLoadBalancersPart()
    {
        var proxy = Translate("cluster: a, statPrefix: p, maxConnectAttempts: 3, metadataMatch: {filterMetadata: {envoy.lb: {version: '2', n: 2, b: true, l: [x]}, other: {x: y}}}");

        EndpointMetadata expected = new([
            new("version", MetadataValue.Of("2")), new("n", new(MetadataKind.Number, "2")),
            new("b", new(MetadataKind.Boolean, "true")), new("l", new(MetadataKind.Json, "[\"x\"]"))]);
        Assert.Equal(expected, Assert.Single(proxy.Clusters).MetadataMatch);
        Assert.Equal((3u, "p"), (proxy.MaxConnectAttempts, proxy.StatPrefix));
    }

    [Fact]
    public void Translate_WeightedClusters_MergesMetadata()
    {
        var proxy = Translate("""
            metadataMatch: {filterMetadata: {envoy.lb: {a: '1', b: '1'}}},
            weightedClusters: {clusters: [{name: x, weight: 1}, {name: y, weight: 4294967294, metadataMatch: {filterMetadata: {envoy.lb: {b: '2', c: '2'}}}}]}
            """);

        Assert.Equal([("x", 1u, "a=1,b=1"), ("y", 4294967294u, "a=1,b=2,c=2")], proxy.Clusters.Select(cluster => (cluster.Cluster, cluster.Weight, cluster.MetadataMatch.ToString())));
    }

    [Theory]
    [InlineData("0s", -1)]
    [InlineData("0.000000001s", 1)]
    [InlineData("5s", 5000)]
    [InlineData("315576000000s", int.MaxValue)]
    public void Translate_IdleTimeout_IsWithinWhatTimersTake(string duration, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Translate($"cluster: a, idleTimeout: {duration}").IdleTimeout);

    [Fact]
    public void Translate_MaxDownstreamConnectionDuration_IsEnforced()
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, Translate("cluster: a").MaxDuration);
        Assert.Equal(TimeSpan.FromSeconds(90), Translate("cluster: a, maxDownstreamConnectionDuration: 90s").MaxDuration);
    }

    [Theory]
    [InlineData("", "cluster")]
    [InlineData("cluster: ''", "cluster")]
    [InlineData("weightedClusters: {}", "weighted_clusters.clusters")]
    [InlineData("weightedClusters: {clusters: [{name: '', weight: 1}]}", "weighted_clusters.clusters[0].name")]
    [InlineData("weightedClusters: {clusters: [{name: a}]}", "weighted_clusters.clusters[0].weight")]
    [InlineData("weightedClusters: {clusters: [{name: a, weight: 4294967295}, {name: b, weight: 1}]}", "weighted_clusters.clusters")]
    [InlineData("cluster: a, idleTimeout: -1s", "idle_timeout")]
    [InlineData("cluster: a, maxDownstreamConnectionDuration: 0s", "max_downstream_connection_duration")]
    [InlineData("cluster: a, tunnelingConfig: {}", "tunneling_config")]
    public void Translate_UnusableField_QuarantinesChain(string fields, string field)
    {
        var result = ListenerTranslator.Translate(ListenerWith("in", Chain("", TcpProxy(fields))));

        Assert.Equal($"filter_chains[0].filters[0].typed_config.{field}", Assert.Single(result.Errors).Field);
        Assert.IsType<QuarantinedConfig>(Assert.Single(result.Config!.FilterChains).Action);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("{sourceIp: {}}", true)]
    [InlineData("{sourceIp: {}}, {sourceIp: {}}", true, "hash_policy[1]")]
    [InlineData("{filterState: {key: kuma.x}}", false, "hash_policy")]
    [InlineData("{}", false, "hash_policy")]
    public void Translate_HashPolicy_IsTheClientsAddressOrNothing(string policies, bool hashes, params string[] ignored)
    {
        var result = ListenerTranslator.Translate(ListenerWith("in", Chain("", TcpProxy($"cluster: a, hashPolicy: [{policies}]"))));

        Assert.Empty(result.Errors);
        Assert.Equal(ignored, result.Ignored.Select(field => field.Field["filter_chains[0].filters[0].typed_config.".Length..]));
        Assert.Equal(hashes, result.Enforced.Any(field => field.Field.EndsWith("hash_policy", StringComparison.Ordinal)));
        Assert.Equal(hashes, Assert.IsType<TcpProxyConfig>(result.Config!.FilterChains[0].Action).HashesSourceAddress);
    }

    [Fact]
    public void Translate_FieldsWithoutEffect_AreIgnored()
    {
        var result = ListenerTranslator.Translate(ListenerWith("in", Chain("", TcpProxy("cluster: a, accessLog: [{name: x}], maxDownstreamConnectionDuration: 3s, maxDownstreamConnectionDurationJitterPercentage: {value: 1}, upstreamConnectMode: ON_DOWNSTREAM_DATA"))));

        Assert.Empty(result.Errors);
        Assert.Equal(
            ["access_log[0].typed_config", "max_downstream_connection_duration_jitter_percentage", "upstream_connect_mode"],
            result.Ignored.Select(field => field.Field["filter_chains[0].filters[0].typed_config.".Length..]).Order());
    }

    private static TcpProxyConfig Translate(string fields)
    {
        var result = ListenerTranslator.Translate(ListenerWith("in", Chain("", TcpProxy(fields))));
        Assert.Empty(result.Errors);
        return Assert.IsType<TcpProxyConfig>(Assert.Single(result.Config!.FilterChains).Action);
    }
}
