using Google.Protobuf;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Tests.Translation;

/// <summary>Resources written as YAML, without their <c>@type</c>.</summary>
internal static class TestResources
{
    public const string TcpProxyType = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";

    public static XdsResource Listener(string yaml) => FromYaml(TypeUrls.Listener, yaml);

    public static XdsResource Cluster(string yaml) => FromYaml(TypeUrls.Cluster, yaml);

    public static XdsResource Assignment(string yaml) => FromYaml(TypeUrls.ClusterLoadAssignment, yaml);

    public static XdsResource SecretFromYaml(string yaml) => FromYaml(TypeUrls.Secret, yaml);

    public static XdsResource Secret(string name) => FromYaml(TypeUrls.Secret, $"{{name: '{name}', validationContext: {{}}}}");

    public static XdsResource EdsCluster(string name, string more = "") => Cluster($"{{name: '{name}', type: EDS, edsClusterConfig: {{edsConfig: {{ads: {{}}}}}}{more}}}");

    public static XdsResource Endpoints(string cluster, params string[] addresses) => Assignment(
        $"{{clusterName: '{cluster}', endpoints: [{{lbEndpoints: [{string.Join(", ", addresses.Select(address => $"{{endpoint: {{address: {Socket(address)}}}}}"))}]}}]}}");

    /// <summary>A listener with one chain for each pair of a server name and a cluster.</summary>
    public static XdsResource Routes(string name, params (string ServerName, string Cluster)[] routes) => ListenerWith(
        name, [.. routes.Select(route => Chain($"serverNames: ['{route.ServerName}'], transportProtocol: tls", TcpProxy($"cluster: '{route.Cluster}'")))]);

    public static XdsResource ListenerWith(string name, params string[] chains) =>
        Listener($"{{name: '{name}', address: {Socket("127.0.0.1:10001")}, filterChains: [{string.Join(", ", chains)}]}}");

    public static string Chain(string match, string filters, string more = "") => $"{{filterChainMatch: {{{match}}}, filters: [{filters}]{more}}}";

    public static string TcpProxy(string fields) => Filter(TcpProxyType["type.googleapis.com/".Length..], fields);

    public static string Filter(string type, string fields = "") =>
        $"{{name: any, typedConfig: {{'@type': type.googleapis.com/{type}{(fields.Length == 0 ? "" : ", ")}{fields}}}}}";

    public static string Socket(string address)
    {
        var colon = address.LastIndexOf(':');
        return $"{{socketAddress: {{address: '{address[..colon]}', portValue: {address[(colon + 1)..]}}}}}";
    }

    /// <summary>The same resource with bytes appended to its message.</summary>
    public static XdsResource Append(XdsResource resource, params byte[] bytes)
    {
        var body = resource.Body.Clone();
        body.Value = ByteString.CopyFrom([.. body.Value, .. bytes]);
        return resource with { Body = body };
    }

    private static XdsResource FromYaml(string typeUrl, string yaml)
    {
        // YAML wants the lines of a flow collection indented.
        yaml = yaml.ReplaceLineEndings("\n  ");
        var body = yaml.TrimStart().StartsWith('{') ? yaml.Trim()[1..] : throw new ArgumentException("flow style is needed", nameof(yaml));
        var file = EnvoyResourceFile.Parse($"resources: [{{resource: {{'@type': {typeUrl}, {body}}}]");
        Assert.True(file.Problems.Count == 0, string.Join("; ", file.Problems));
        return Assert.Single(file.Resources);
    }
}
