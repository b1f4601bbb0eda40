using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Tests.Files;

public sealed class EnvoyResourceFileTests
{
    private const string Good = """
        resources:
        - name: a
          resource:
            '@type': type.googleapis.com/envoy.config.cluster.v3.Cluster
            name: a
            type: STATIC
            loadAssignment: {clusterName: a, endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: 127.0.0.1, portValue: 80}}}}]}]}
        - name: a
          resource: {'@type': type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment, cluster_name: a}
        - resource:
            '@type': type.googleapis.com/envoy.config.listener.v3.Listener
            name: in
            address: {socketAddress: {address: 127.0.0.1, portValue: 10001}}
            filterChains:
            - filters:
              - typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, cluster: a}
        """;

    [Fact]
    public void Parse_Yaml_GivesResources()
    {
        var file = EnvoyResourceFile.Parse(Good);

        Assert.Empty(file.Problems);
        Assert.Empty(file.Ignored);
        Assert.Equal(
            [(TypeUrls.Cluster, "a"), (TypeUrls.ClusterLoadAssignment, "a"), (TypeUrls.Listener, "in")],
            file.Resources.Select(resource => (resource.Body.TypeUrl, resource.Name)));
        Assert.Equal("127.0.0.1:80", ClusterTranslator.Translate(file.Resources[0]).Config!.InlineAssignment!.Localities[0].Endpoints[0].Address.ToString());
        Assert.NotNull(ListenerTranslator.Translate(file.Resources[2]).Config);
    }

    [Fact]
    public void Parse_Json_GivesTheSame()
    {
        var yaml = EnvoyResourceFile.Parse(Good);

        var json = EnvoyResourceFile.Parse("\n\t" + YamlToJson.Parse(Good)!.ToJsonString(new() { WriteIndented = true, IndentCharacter = '\t', IndentSize = 1 }));

        Assert.Equal(yaml.Resources, json.Resources);
    }

    [Fact]
    public void Parse_SameContent_HasSameVersion()
    {
        var first = EnvoyResourceFile.Parse(Good).Resources[2];
        var changed = EnvoyResourceFile.Parse(Good.Replace("10001", "10002", StringComparison.Ordinal)).Resources[2];

        Assert.Equal(first, EnvoyResourceFile.Parse(Good).Resources[2]);
        Assert.NotEqual(first.Version, changed.Version);
    }

    [Theory]
    [InlineData("", "a list 'resources' is needed at the top")]
    [InlineData("resources: {}", "a list 'resources' is needed at the top")]
    [InlineData("[a]", "a list 'resources' is needed at the top")]
    [InlineData("resources:\n- name: a\n- name: [", "line ")]
    [InlineData("resources: [x]", "resources[0]: an object with 'name' and 'resource' is needed")]
    [InlineData("resources: [{name: a}]", "resources[0]: an object with 'name' and 'resource' is needed")]
    [InlineData("resources: [{name: a, resource: {name: a}}]", "resources[0] 'a': @type must be that of a listener, cluster, cluster load assignment or secret")]
    [InlineData("resources: [{name: a, resource: {'@type': type.googleapis.com/envoy.config.route.v3.RouteConfiguration}}]", "resources[0] 'a': @type must be")]
    [InlineData("resources: [{name: a, resource: {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, type: NEVER}}]", "resources[0] 'a': ")]
    [InlineData("resources: [{name: a, resource: {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, connectTimeout: 5}}]", "resources[0] 'a': ")]
    [InlineData("resources: [{name: a, resource: {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, clusterType: {}}}]", "resources[0] 'a': clusterType: a field that is not known decides")]
    [InlineData("resources: [{name: a, resource: {'@type': type.googleapis.com/envoy.config.listener.v3.Listener, filter_chains: [{filterChainMatch: {serverName: x}}]}}]", "resources[0] 'a': filter_chains[0].filterChainMatch.serverName: a field")]
    public void Parse_BadContent_NamesThePlace(string text, string problem)
    {
        var file = EnvoyResourceFile.Parse(text);

        Assert.StartsWith(problem, Assert.Single(file.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SameNameTwice_IsAProblem()
    {
        const string cluster = "{resource: {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: a}}";

        Assert.Equal("resources[1]: a resource of this type and name is there before", Assert.Single(EnvoyResourceFile.Parse($"resources: [{cluster}, {cluster}]").Problems));
    }

    [Fact]
    public void Parse_UnknownFields_AreIgnoredAndReported()
    {
        var file = EnvoyResourceFile.Parse("""
            versionInfo: x
            resources:
            - name: in
              resource:
                '@type': type.googleapis.com/envoy.config.listener.v3.Listener
                name: in
                tcpBacklogSize: 5
                filterChains: [{filters: [{typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, cluster: a, newField: {a: b}}}]}]
            """);

        Assert.Empty(file.Problems);
        Assert.Single(file.Resources);
        Assert.Equal(
            [("", "versionInfo"), ("in", "tcpBacklogSize"), ("in", "filterChains[0].filters[0].typedConfig.newField")],
            file.Ignored.Select(field => (field.Resource, field.Field)));
    }

    [Fact]
    public void Parse_FilterOfUnknownType_QuarantinesItsChainOnly()
    {
        var file = EnvoyResourceFile.Parse("""
            resources:
            - name: in
              resource:
                '@type': type.googleapis.com/envoy.config.listener.v3.Listener
                name: in
                address: {socketAddress: {address: 127.0.0.1, portValue: 10001}}
                filterChains:
                - {filterChainMatch: {serverNames: [a]}, filters: [{typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProxy, x: y}}]}
                - {filterChainMatch: {serverNames: [b]}, filters: [{typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, cluster: a}}]}
            """);

        Assert.Empty(file.Problems);
        Assert.Contains("redis_proxy", Assert.Single(file.Ignored).Why, StringComparison.Ordinal);
        var result = ListenerTranslator.Translate(Assert.Single(file.Resources));
        Assert.Equal("filter_chains[0].filters[0].typed_config", Assert.Single(result.Errors).Field);
        Assert.Equal(2, result.Config!.FilterChains.Length);
    }
}
