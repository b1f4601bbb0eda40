using System.Text;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Validation;

namespace Zoneway.Xds.Tests.Validation;

public sealed class ConfigurationValidatorTests
{
    private const string TcpProxy = "'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
    private const string Tls = "{typedConfig: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, commonTlsContext: {tlsCertificateSdsSecretConfigs: [{name: identity}]}}}";
    private const string Http = "{typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager}}";

    private static readonly string Full = """
        resources:
        - name: in
          resource:
            '@type': type.googleapis.com/envoy.config.listener.v3.Listener
            name: in
            address: {socketAddress: {address: '::1', portValue: 10001}}
            transparent: true
            listenerFilters: [{typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}]
            filterChains:
            - {name: one, filterChainMatch: {serverNames: [a, b], transportProtocol: tls}, filters: [{typedConfig: {TCP_PROXY, cluster: c, idleTimeout: 60s, metadataMatch: {filterMetadata: {envoy.lb: {version: v1}}}}}]}
            - {filterChainMatch: {serverNames: [w]}, filters: [{typedConfig: {TCP_PROXY, weightedClusters: {clusters: [{name: c, weight: 1}, {name: gone, weight: 2}]}}}]}
            - {name: http, filterChainMatch: {serverNames: [h]}, transportSocket: TLS, filters: [HTTP]}
            - {name: bad, filterChainMatch: {serverNames: [x]}, filters: [{typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProxy}}]}
        - name: c
          resource:
            '@type': type.googleapis.com/envoy.config.cluster.v3.Cluster
            name: c
            type: EDS
            lbPolicy: RING_HASH
            edsClusterConfig: {serviceName: s, edsConfig: {ads: {}, resourceApiVersion: V3}}
            lbSubsetConfig: {subsetSelectors: [{keys: [version]}, {keys: [zone, version]}], fallbackPolicy: ANY_ENDPOINT}
            newField: 1
        - name: s
          resource:
            '@type': type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
            clusterName: s
            newSetting: 1
            endpoints:
            - {locality: {zone: east}, priority: 1, lbEndpoints: [{endpoint: {address: {socketAddress: {address: 10.0.0.1, portValue: 80}}}, loadBalancingWeight: 7, metadata: {filterMetadata: {envoy.lb: {version: v1}}}}]}
        """.Replace("TCP_PROXY", TcpProxy, StringComparison.Ordinal).Replace("TLS", Tls, StringComparison.Ordinal).Replace("HTTP", Http, StringComparison.Ordinal);

    [Fact]
    public void Validate_Listener_DescribesItsChains()
    {
        var report = Validate(Full);

        var listener = Assert.Single(report.Listeners);
        Assert.Equal(("in", "::1", 10001u), (listener.Name, listener.Address, listener.Port));
        Assert.Equal("transparent", Assert.Single(listener.Ignored).Field);
        Assert.Equal(["one", "", "http", "bad"], listener.FilterChains.Select(chain => chain.Name));
        Assert.Equal(["tcpProxy", "tcpProxy", "http", null], listener.FilterChains.Select(chain => chain.Action));
        Assert.Equal([false, false, true, false], listener.FilterChains.Select(chain => chain.TerminatesTls));

        var one = listener.FilterChains[0];
        Assert.Equal(["a", "b"], one.ServerNames);
        Assert.Equal(("tls", "c", "v1"), (one.TransportProtocol, one.Cluster, one.MetadataMatch["version"]));
        Assert.Contains("idle timeout 1m", one.Enforced);
        Assert.Empty(one.WeightedClusters);
        var weighted = listener.FilterChains[1];
        Assert.Null(weighted.Cluster);
        Assert.Equal([new("c", 1), new("gone", 2)], weighted.WeightedClusters);
        Assert.Contains(listener.FilterChains[2].Enforced, what => what.StartsWith("TLS is ended here", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_Cluster_IsShownWithTheEndpointsOfItsAssignment()
    {
        var report = Validate(Full);

        var cluster = Assert.Single(report.Clusters);
        Assert.Equal(("c", "EDS", "RING_HASH"), (cluster.Name, cluster.Type, cluster.LbPolicy));
        Assert.Equal(["version", "zone,version"], cluster.SubsetSelectors.Select(keys => string.Join(',', keys)));
        var endpoint = Assert.Single(cluster.Endpoints);
        Assert.Equal(("10.0.0.1", 80, 7u, 1u, "east", "v1"), (endpoint.Address, endpoint.Port, endpoint.Weight, endpoint.Priority, endpoint.Zone, endpoint.Metadata["version"]));
        Assert.Contains(new IgnoredReport("newField", "the field is not known"), cluster.Ignored);
        Assert.Contains(cluster.Ignored, field => field.Field == "newSetting");
        Assert.Empty(report.Ignored);
    }

    [Fact]
    public void Validate_BadChain_IsRejectedAlone()
    {
        var rejected = Assert.Single(Validate(Full).Rejected);

        Assert.Equal(("in", "filter_chains[3].filters[0].typed_config"), (rejected.Resource, rejected.Field));
    }

    [Fact]
    public void Validate_DefaultChain_ComesLastWithItsOwnFindings()
    {
        var chain = $"{{filters: [{{typedConfig: {{ {TcpProxy}, cluster: c, newField: 1}}}}]}}";

        var report = Validate($"{{name: in, address: {{socketAddress: {{address: 127.0.0.1, portValue: 1}}}}, filterChains: [{{filterChainMatch: {{serverNames: [a]}}, filters: [{{name: x}}]}}], defaultFilterChain: {chain}}}");

        var last = Assert.Single(report.Listeners).FilterChains[1];
        Assert.Equal(("default_filter_chain", "c"), (last.Path, last.Cluster));
        Assert.Equal("filters[0].typedConfig.newField", Assert.Single(last.Ignored).Field);
        Assert.StartsWith("filter_chains[0]", Assert.Single(report.Rejected).Field, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ChainsWithTheSameMatch_AreRejectedAsWhereTheyAreServed()
    {
        var chain = $"{{filterChainMatch: {{serverNames: [a]}}, filters: [{{typedConfig: {{ {TcpProxy}, cluster: c}}}}]}}";

        var report = Validate($"{{name: in, address: {{socketAddress: {{address: 127.0.0.1, portValue: 1}}}}, filterChains: [{chain}, {chain}]}}");

        var rejected = Assert.Single(report.Rejected);
        Assert.Equal(("in", "filter_chains"), (rejected.Resource, rejected.Field));
        Assert.Contains("already matches", rejected.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ClusterAndListenerOfOneName_KeepTheirOwnFindings()
    {
        var report = Validate("{clusters: [{name: a, newOne: 1}], listeners: [{name: a, newTwo: 2}]}");

        Assert.Contains(report.Clusters[0].Ignored, field => field.Field == "newOne");
        Assert.DoesNotContain(report.Clusters[0].Ignored, field => field.Field == "newTwo");
        Assert.Contains(report.Listeners[0].Ignored, field => field.Field == "newTwo");
    }

    [Fact]
    public void Validate_AssignmentThatNoClusterAsksFor_IsIgnored() =>
        Assert.Equal("a", Assert.Single(Validate("{clusterName: a}").Ignored).Field);

    [Theory]
    [InlineData("{resources: [{name: c, resource: {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: c, type: NEVER}}]}", "c")]
    [InlineData("{resources: [5]}", "resources[0]")]
    [InlineData("{clusters: [{name: c, type: EDS}, {name: c, type: EDS}]}", "clusters[1]")]
    public void Validate_EntryThatCannotBeRead_IsRejected(string text, string resource) => Assert.Equal(resource, Assert.Single(Validate(text).Rejected).Resource);

    [Theory]
    [InlineData("a: [", "line 2")]
    [InlineData("a: b\n---\nc: d", "line 3")]
    [InlineData("type: Dataplane\nname: dp", "no Envoy resources")]
    [InlineData("\0", "it is neither text in UTF-8 nor a recorded")]
    public void Validate_Unreadable_TellsWhy(string text, string problem)
    {
        Assert.Null(ConfigurationValidator.Validate(Encoding.UTF8.GetBytes(text), out var actual));
        Assert.StartsWith(problem, actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_NestedTooDeep_TellsWhereInsteadOfCrashing()
    {
        Assert.Null(ConfigurationValidator.Validate(Encoding.UTF8.GetBytes(new string('[', 100_000)), out var problem));
        Assert.NotNull(problem);
        Assert.Null(ConfigurationValidator.Validate(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))), out problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void Validate_RecordedResponse_IsLikeItsText()
    {
        var cluster = new Cluster { Name = "c", Type = Cluster.Types.DiscoveryType.Static, LoadAssignment = new ClusterLoadAssignment { ClusterName = "c" } };
        var body = new Any { TypeUrl = TypeUrls.Cluster, Value = cluster.ToByteString() };
        var route = new Any { TypeUrl = TypeUrls.Prefix + "envoy.config.route.v3.RouteConfiguration" };

        var report = ConfigurationValidator.Validate(new DiscoveryResponse { TypeUrl = TypeUrls.Cluster, Resources = { body, route } }.ToByteArray(), out _)!;

        Assert.Equal(("c", "STATIC"), (Assert.Single(report.Clusters).Name, report.Clusters[0].Type));
        Assert.Equal("resources[1]", Assert.Single(report.Ignored).Field);
        Assert.Empty(report.Rejected);
    }

    [Fact]
    public void Validate_RecordedDeltaWithAnotherNameInside_IsRejected()
    {
        var body = new Any { TypeUrl = TypeUrls.Cluster, Value = new Cluster { Name = "c" }.ToByteString() };

        var report = ConfigurationValidator.Validate(new DeltaDiscoveryResponse { Resources = { new Resource { Name = "d", Version = "1", Resource_ = body } } }.ToByteArray(), out _)!;

        Assert.Contains(report.Rejected, rejected => rejected.Resource == "d");
    }

    private static ValidationReport Validate(string text)
    {
        var report = ConfigurationValidator.Validate(Encoding.UTF8.GetBytes(text), out var problem);
        Assert.Null(problem);
        return report!;
    }
}
