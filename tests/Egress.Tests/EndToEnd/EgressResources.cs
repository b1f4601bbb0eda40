using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>Envoy resources of a zone egress, in the shape that Kuma sends (protocol §5), with certificates inline.</summary>
internal sealed class EgressResources(TestCertificates mesh)
{
    public const string Listener = "inbound:127.0.0.1:0";
    public const string Service = "httpbin{mesh=default}";

    private const string Names = "matchTypedSubjectAltNames: [{sanType: URI, matcher: {prefix: 'spiffe://default/'} }]";
    private const string TcpProxy = """
                  - name: tcp
                    typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, statPrefix: tcp, cluster: upstream}
            """;

    private readonly StringBuilder _chains = new();
    private readonly StringBuilder _secrets = new();
    private readonly StringBuilder _clusters = new();
    private readonly X509Certificate2 _identity = mesh.Issue("spiffe://default/zone-egress");

    /// <summary>Further fields of the chains that follow, in flow style of one line.</summary>
    public string ChainFields { get; init; } = "";

    /// <summary>A chain that forwards HTTP.</summary>
    /// <param name="route">The fields of the route's action, in flow style.</param>
    /// <param name="filters">HTTP filters before the router, in flow style, each with a comma at its end.</param>
    /// <param name="manager">Further fields of the connection manager, in flow style, each with a comma at its end.</param>
    /// <param name="serverName">The server name.</param>
    /// <param name="table">Further fields of the route table, in flow style, each with a comma at its end.</param>
    public EgressResources Http(string route = "cluster: upstream, timeout: 0s", string filters = "", string manager = "", string serverName = Service, string table = "") => Chain(serverName, $$"""
                  - name: http
                    typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, statPrefix: http, {{manager}}
                      httpFilters: [{{filters}} {name: router, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router} }],
                      routeConfig: {name: r, validateClusters: false, {{table}} virtualHosts: [{name: v, domains: ['*'], routes: [{match: {prefix: /}, route: { {{route}} } }]}]} }
            """);

    /// <summary>A chain that forwards HTTP, whose certificate comes as a secret.</summary>
    public EgressResources HttpWithSecret(string serverName, string secret)
    {
        var at = _chains.Length;
        Http(serverName: serverName);
        _chains.Replace($"tlsCertificates: [{Certificate(_identity)}]", $"tlsCertificateSdsSecretConfigs: [{{name: '{secret}', sdsConfig: {{ads: {{ }} }} }}]", at, _chains.Length - at);
        return this;
    }

    /// <summary>A chain that copies bytes, whose certificate and trust come as the secrets <c>identity</c> and <c>trust</c>.</summary>
    public EgressResources TcpWithSecrets() => Chain(
        Service,
        TcpProxy,
        "tlsCertificateSdsSecretConfigs: [{name: identity, sdsConfig: {ads: { } } }]",
        $"combinedValidationContext: {{validationContextSdsSecretConfig: {{name: trust, sdsConfig: {{ads: {{ }} }} }}, defaultValidationContext: {{ {Names} }} }}");

    /// <summary>A secret.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Its type and content, in flow style.</param>
    public EgressResources Secret(string name, string content)
    {
        _secrets.AppendLine($$"""
            - name: {{name}}
              resource: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret, name: {{name}}, {{content}} }
            """);
        return this;
    }

    /// <summary>A chain that copies bytes.</summary>
    /// <param name="filters">Filters before tcp_proxy, as items of a YAML list.</param>
    /// <param name="serverName">The server name.</param>
    public EgressResources Tcp(string filters = "", string serverName = Service) => Chain(serverName, $"{filters}\n{TcpProxy}");

    /// <summary>A network RBAC filter that allows one SPIFFE id.</summary>
    public static string Allow(string id) =>
        $$$"""      - {name: rbac, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC, statPrefix: t., rules: {{{Rules(id)}}} } }""";

    /// <summary>RBAC rules that allow one SPIFFE id.</summary>
    public static string Rules(string id) => $$$"""{policies: {p: {permissions: [{any: true}], principals: [{authenticated: {principalName: {exact: '{{{id}}}'} } }]} } }""";

    /// <summary>A cluster called <c>upstream</c>.</summary>
    /// <param name="endpoint">Its endpoint.</param>
    /// <param name="more">Further fields, in flow style, each with a comma at its end.</param>
    /// <param name="hostname">The endpoint's host name.</param>
    public EgressResources Upstream(IPEndPoint endpoint, string more = "", string hostname = "")
    {
        _clusters.AppendLine($$"""
            - name: upstream
              resource: {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: upstream, type: STATIC, {{more}}
                loadAssignment: {clusterName: upstream, endpoints: [{lbEndpoints: [{endpoint: {hostname: '{{hostname}}', address: {socketAddress: {address: {{endpoint.Address}}, portValue: {{endpoint.Port}} } } } }]}]} }
            """);
        return this;
    }

    /// <summary>The same cluster with several endpoints.</summary>
    /// <param name="fields">Its type and further fields, in flow style, each with a comma at its end.</param>
    /// <param name="endpoints">Names, with their ports, or addresses.</param>
    public EgressResources Upstreams(string fields, params (string Host, int Port)[] endpoints)
    {
        var list = string.Join(", ", endpoints.Select(endpoint => $$"""{endpoint: {address: {socketAddress: {address: {{endpoint.Host}}, portValue: {{endpoint.Port}} } } } }"""));
        _clusters.AppendLine($$"""
            - name: upstream
              resource: {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: upstream, {{fields}} loadAssignment: {clusterName: upstream, endpoints: [{lbEndpoints: [{{list}}]}]} }
            """);
        return this;
    }

    /// <summary>The field that makes a cluster speak HTTP/2.</summary>
    public const string Http2 =
        "typedExtensionProtocolOptions: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {'@type': type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicitHttpConfig: {http2ProtocolOptions: {}}}},";

    /// <summary>The field that makes a cluster speak TLS.</summary>
    /// <param name="context">Fields of the common TLS context, in flow style.</param>
    /// <param name="sni">The server name.</param>
    public static string Tls(string context, string sni) =>
        $$"""transportSocketMatches: [{name: t, match: {}, transportSocket: {name: tls, typedConfig: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, sni: {{sni}}, commonTlsContext: { {{context}} } } } }],""";

    /// <summary>A PEM text as a YAML scalar.</summary>
    public static string Pem(string pem) => $"\"{pem.ReplaceLineEndings("\\n")}\"";

    /// <summary>A certificate and its key as a TLS certificate, in flow style.</summary>
    public static string Certificate(X509Certificate2 certificate) =>
        $$"""{certificateChain: {inlineString: {{Pem(certificate.ExportCertificatePem())}} }, privateKey: {inlineString: {{Pem(certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem())}} } }""";

    /// <summary>All of it as YAML.</summary>
    public override string ToString() => $$"""
        resources:
        - name: {{Listener}}
          resource:
            '@type': type.googleapis.com/envoy.config.listener.v3.Listener
            name: {{Listener}}
            address: {socketAddress: {address: 127.0.0.1, portValue: 0} }
            listenerFilters: [{name: tls, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector} }]
            filterChains:
        {{_chains}}
        {{_clusters}}
        {{_secrets}}
        """;

    private EgressResources Chain(string serverName, string filters, string? certificate = null, string? validation = null)
    {
        certificate ??= $"tlsCertificates: [{Certificate(_identity)}]";
        validation ??= $"validationContext: {{trustedCa: {{inlineString: {Pem(mesh.Authority.ExportCertificatePem())} }}, {Names} }}";
        _chains.AppendLine($$"""
                - name: {{serverName.Split('{')[0]}}_default
                  filterChainMatch: {serverNames: ['{{serverName}}'], transportProtocol: tls}
                  {{ChainFields}}
                  transportSocket:
                    name: envoy.transport_sockets.tls
                    typedConfig:
                      '@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      requireClientCertificate: true
                      commonTlsContext:
                        {{certificate}}
                        {{validation}}
                  filters:
            {{filters}}
            """);
        return this;
    }
}
