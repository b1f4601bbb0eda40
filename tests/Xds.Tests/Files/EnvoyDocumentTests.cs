using System.Globalization;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Files;

public sealed class EnvoyDocumentTests
{
    private const string Prefix = TypeUrls.Prefix;
    private const string Cluster = "{'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: c}";
    private const string Listener = "{'@type': type.googleapis.com/envoy.config.listener.v3.Listener, name: l}";
    private const string Assignment = "{'@type': type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment, clusterName: c}";
    private const string Secret = "{'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret, name: s}";

    [Theory]
    [InlineData($"resources: [{{name: c, resource: {Cluster}}}, {{name: c, resource: {Assignment}}}, {{name: l, resource: {Listener}}}, {{name: s, resource: {Secret}}}]")]
    [InlineData($"{{versionInfo: v, typeUrl: t, nonce: n, resources: [{Cluster}, {Assignment}, {Listener}, {Secret}]}}")]
    [InlineData($"{{systemVersionInfo: v, resources: [{{name: c, version: '1', resource: {Cluster}}}, {Assignment}, {Listener}, {Secret}], nonce: n}}")]
    [InlineData($"resources: [{{'@type': type.googleapis.com/envoy.service.discovery.v3.Resource, name: c, resource: {Cluster}}}, {Assignment}, {Listener}, {Secret}]")]
    [InlineData($"xds: {{{Prefix}envoy.config.cluster.v3.Cluster: {{c: {Cluster}}}, {Prefix}envoy.config.endpoint.v3.ClusterLoadAssignment: {{c: {{clusterName: c}}}}, "
        + $"{Prefix}envoy.config.listener.v3.Listener: {{l: {Listener}}}, {Prefix}envoy.extensions.transport_sockets.tls.v3.Secret: {{s: {{name: s}}}}}}")]
    [InlineData("resources: {clusters: [{name: c}], endpoints: {c: {clusterName: c}}, listeners: [{name: l, address: {}}], secrets: [{name: s}]}")]
    [InlineData("{clusters: [{name: c}], endpoints: {c: {clusterName: c}}, Listeners: [{name: l}], secret: [{name: s}]}")]
    [InlineData($"resources: {{c: {Cluster}, a: {{resource: {Assignment}}}, l: {Listener}, s: {Secret}}}")]
    [InlineData("resources: [{name: c, type: EDS}, {cluster_name: c}, {name: l, filterChains: []}, {name: s, tlsCertificate: {}}]")]
    public void Read_EveryForm_FindsTheSameResources(string text)
    {
        var document = Read(text);

        Assert.Null(document.Unreadable);
        Assert.Empty(document.Problems);
        Assert.Empty(document.Ignored);
        Assert.Equal([TypeUrls.Cluster, TypeUrls.ClusterLoadAssignment, TypeUrls.Listener, TypeUrls.Secret], document.Entries.Select(entry => entry.TypeUrl));
        Assert.Equal(["c", "c", "l", "s"], document.Entries.Select(entry => (entry.Resource["name"] ?? entry.Resource["clusterName"] ?? entry.Resource["cluster_name"])!.GetValue<string>()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("resources: []")]
    [InlineData("resources: {}")]
    [InlineData("resources:")]
    [InlineData("{versionInfo: v, resources: []}")]
    [InlineData("configs: []")]
    [InlineData("xds: {}")]
    public void Read_NothingInIt_IsAConfigurationWithoutResources(string text)
    {
        var document = Read(text);

        Assert.Null(document.Unreadable);
        Assert.Empty(document.Entries);
        Assert.Empty(document.Problems);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("word")]
    [InlineData("{type: Dataplane, name: dp, mesh: default}")]
    [InlineData("{type: ZoneIngress, name: zi, networking: {address: 10.0.0.1}}")]
    [InlineData("{resources: 5}")]
    [InlineData("{resources: {maxHeapSizeBytes: 5}, name: dp}")]
    [InlineData("{listeners: [], labels: {}}")]
    public void Read_SomethingElse_IsUnreadable(string text) => Assert.StartsWith("no Envoy resources", Read(text).Unreadable, StringComparison.Ordinal);

    [Theory]
    [InlineData("resources: [5]", "resources[0]: a resource with '@type' is needed")]
    [InlineData("resources: [{name: a}]", "resources[0]: a resource with '@type' is needed")]
    [InlineData("resources: [{name: a, resource: {x: y}}]", "resources[0]: a resource with '@type' is needed")]
    [InlineData("xds: {clusters: {a: 5}}", "xds.clusters.a 'a': a resource with '@type' is needed")]
    public void Read_EntryThatIsNoResource_IsAProblem(string text, string problem) => Assert.Equal(problem, Assert.Single(Read(text).Problems).ToString());

    [Fact]
    public void Read_ResourcesOfOtherTypes_AreIgnoredByName()
    {
        var document = Read("resources: [{name: r, resource: {'@type': type.googleapis.com/envoy.config.route.v3.RouteConfiguration, name: r}}, {'@type': x/y}]");

        Assert.Empty(document.Entries);
        Assert.Empty(document.Problems);
        Assert.Equal([("r", "resources[0]"), ("", "resources[1]")], document.Ignored.Select(field => (field.Resource, field.Field)));
        Assert.Contains("RouteConfiguration", document.Ignored[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RemovedResources_AreIgnored() =>
        Assert.Equal("removedResources", Assert.Single(Read("{resources: [], removedResources: [a, b]}").Ignored).Field);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_ConfigDump_TakesWhatIsInUse(bool snakeCase)
    {
        const string dump = """
            configs:
            - {'@type': type.googleapis.com/envoy.admin.v3.BootstrapConfigDump, bootstrap: {}}
            - '@type': type.googleapis.com/envoy.admin.v3.ClustersConfigDump
              staticClusters: [{cluster: {name: static}}, {}]
              dynamicActiveClusters: [{versionInfo: v, cluster: {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: a}}]
              dynamicWarmingClusters: [{cluster: {name: a}}, {cluster: {name: b}}]
            - '@type': type.googleapis.com/envoy.admin.v3.ListenersConfigDump
              dynamicListeners:
              - {name: l, activeState: {listener: {'@type': type.googleapis.com/envoy.config.listener.v3.Listener, name: l}}, warmingState: {listener: {name: l}}}
              - {name: w, warmingState: {listener: {name: w}}}
            - '@type': type.googleapis.com/envoy.admin.v3.EndpointsConfigDump
              staticEndpointConfigs: [{endpointConfig: {clusterName: static}}]
              dynamicEndpointConfigs: [{endpointConfig: {clusterName: a}}]
            - 5
            """;

        var document = Read(snakeCase ? SnakeCase(dump) : dump);

        Assert.Null(document.Unreadable);
        Assert.Empty(document.Problems);
        Assert.Equal(
            [(TypeUrls.Cluster, "static"), (TypeUrls.Cluster, "a"), (TypeUrls.Cluster, "b"), (TypeUrls.Listener, "l"), (TypeUrls.Listener, "w"), (TypeUrls.ClusterLoadAssignment, "a")],
            document.Entries.Select(entry => (entry.TypeUrl, (entry.Resource["name"] ?? entry.Resource["clusterName"] ?? entry.Resource["cluster_name"])!.GetValue<string>())));
        Assert.Equal(
            ["configs[0]", "configs[1].staticClusters[1]", "configs[1].dynamicWarmingClusters[0]", "configs[4]"], document.Ignored.Select(field => field.Field));
    }

    [Fact]
    public void Read_ManyBadEntries_KeepsABoundedNumberOfComplaints()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{{\"resources\": [{string.Join(',', Enumerable.Range(0, EnvoyDocument.MaxNotes + 5))}]}}");

        Assert.Equal(EnvoyDocument.MaxNotes, Read(text).Problems.Count);
    }

    private static EnvoyDocument Read(string text) => EnvoyDocument.Read(YamlToJson.Parse(text));

    private static string SnakeCase(string dump)
    {
        foreach (var name in (string[])["static_clusters", "dynamic_active_clusters", "dynamic_warming_clusters", "dynamic_listeners", "active_state", "warming_state",
            "static_endpoint_configs", "dynamic_endpoint_configs", "endpoint_config", "cluster_name"])
        {
            var words = name.Split('_');
            dump = dump.Replace(words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..])) + ":", name + ":", StringComparison.Ordinal);
        }

        return dump;
    }
}
