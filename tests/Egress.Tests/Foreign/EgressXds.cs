using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>The resources of an egress under test: one listener, a filter chain with mutual TLS and a cluster for each external service.</summary>
internal sealed class EgressXds(string certificatePem, string keyPem, string authorityPem)
{
    private const string SettingsIndent = "\n          ";

    private readonly StringBuilder _chains = new();
    private readonly StringBuilder _clusters = new();

    /// <summary>Adds a service that is spoken HTTP with.</summary>
    /// <param name="serverName">Its SNI.</param>
    /// <param name="port">Its port on 127.0.0.1.</param>
    /// <param name="isHttp2">Whether the endpoint speaks HTTP/2 only.</param>
    /// <param name="alpn">What the chain offers; Kuma's own chains offer nothing.</param>
    /// <param name="settings">Further fields of the connection manager.</param>
    /// <param name="tlsParameters">The chain's TlsParameters.</param>
    /// <param name="authority">Whose clients it trusts, as PEM; null for the mesh's authority.</param>
    public void AddHttp(string serverName, int port, bool isHttp2 = false, string alpn = "", string[]? settings = null, string tlsParameters = "", string? authority = null)
    {
        AddChain(serverName, alpn, tlsParameters, authority ?? authorityPem, $$"""
                  - name: hcm
                    typedConfig:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      statPrefix: {{serverName}}
                      httpFilters: [{name: router, typedConfig: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router} }]
                      upgradeConfigs: [{upgradeType: websocket}]
                      {{string.Join(SettingsIndent, settings ?? [])}}
                      routeConfig:
                        name: {{serverName}}
                        virtualHosts:
                        - {name: any, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: {{serverName}}, timeout: 0s} }]}
            """);
        AddCluster(serverName, port, isHttp2
            ? """typedExtensionProtocolOptions: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {"@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicitHttpConfig: {http2ProtocolOptions: {} } } }"""
            : "");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $$"""
        resources:
        - name: inbound
          resource:
            "@type": type.googleapis.com/envoy.config.listener.v3.Listener
            name: inbound
            address: {socketAddress: {address: 127.0.0.1, portValue: 0 } }
            listenerFilters: [{name: tls, typedConfig: {"@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector} }]
            filterChains:
        {{_chains}}{{_clusters}}
        """);

    private void AddChain(string serverName, string alpn, string tlsParameters, string authority, string filter) => _chains.Append(CultureInfo.InvariantCulture, $$"""
                - name: {{serverName}}
                  filterChainMatch: {serverNames: [{{serverName}}], transportProtocol: tls}
                  transportSocket:
                    name: envoy.transport_sockets.tls
                    typedConfig:
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      requireClientCertificate: true
                      commonTlsContext:
                        alpnProtocols: [{{alpn}}]
                        tlsParams: { {{tlsParameters}} }
                        tlsCertificates: [{certificateChain: {inlineString: {{Quoted(certificatePem)}} }, privateKey: {inlineString: {{Quoted(keyPem)}} } }]
                        validationContext:
                          trustedCa: {inlineString: {{Quoted(authority)}} }
                          matchTypedSubjectAltNames: [{sanType: URI, matcher: {prefix: "spiffe://default/"} }]
                  filters:
            {{filter}}

            """);

    private void AddCluster(string name, int port, string options) => _clusters.Append(CultureInfo.InvariantCulture, $$"""
        - name: {{name}}
          resource:
            "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
            name: {{name}}
            type: STATIC
            {{options}}
            loadAssignment: {clusterName: {{name}}, endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: 127.0.0.1, portValue: {{port}} } } } }]}]}

        """);

    // A JSON string is a YAML string too.
    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
