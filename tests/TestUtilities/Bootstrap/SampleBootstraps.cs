using System.Text;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.TestUtilities.Bootstrap;

/// <summary>Bootstrap documents and requests written for tests.</summary>
internal static class SampleBootstraps
{
    public static BootstrapRequest Request => new()
    {
        Name = "zi-1",
        ProxyType = "ingress",
        DataplaneToken = "the-token",
        Version = new(new("2.14.3", "v2.14.3", "", ""), new("0.1.0", "zoneway", true)),
        Features = ["feature-reuse-port"],
    };

    /// <summary>A document of the <c>envoyGrpc</c> form for an ingress, as a control plane of the 2.14 line sends it.</summary>
    public static string EnvoyGrpc(string trustedCa, string host = "cp.example", int port = 5678, string apiType = "GRPC") => $$"""
        node:
          id: .zi-1
          cluster: ingress
          metadata: {dataplane.proxyType: ingress, dataplane.admin.port: "9901", features: [feature-reuse-port]}
        dynamicResources:
          ldsConfig: {ads: {}, initialFetchTimeout: 0s, resourceApiVersion: V3}
          adsConfig:
            apiType: {{apiType}}
            transportApiVersion: V3
            setNodeOnFirstMessageOnly: true
            grpcServices:
            - envoyGrpc: {clusterName: the_ads_cluster}
              initialMetadata: [{key: Authorization, value: the-token}]
        staticResources:
          clusters:
          - name: another_cluster
            type: STATIC
          - name: the_ads_cluster
            type: STRICT_DNS
            connectTimeout: 1.5s
            loadAssignment:
              clusterName: the_ads_cluster
              endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: {{host}}, portValue: {{port}} } } } }]}]
            transportSocket:
              name: envoy.transport_sockets.tls
              typedConfig:
                "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                sni: {{host}}
                commonTlsContext:
                  tlsParams: {tlsMinimumProtocolVersion: TLSv1_2}
                  validationContextSdsSecretConfig: {name: the_trust}
          secrets:
          - name: the_trust
            validationContext:
              trustedCa: {inlineBytes: {{Convert.ToBase64String(Encoding.UTF8.GetBytes(trustedCa))}} }
              matchTypedSubjectAltNames:
              - {sanType: DNS, matcher: {exact: {{host}} } }
              - {sanType: IP_ADDRESS, matcher: {exact: {{host}} } }
        admin: {accessLog: [{name: x, typedConfig: {"@type": type.googleapis.com/some.unknown.Type} }]}
        """;

    /// <summary>A document without TLS.</summary>
    public static string Plain { get; } = PlainAt(5678);

    /// <summary>A document without TLS for a control plane on a local port.</summary>
    public static string PlainAt(int port, string apiType = "GRPC") => $$"""
        node: {id: .zi-1, cluster: ingress}
        dynamicResources: {adsConfig: {apiType: {{apiType}}, grpcServices: [{envoyGrpc: {clusterName: ads}, initialMetadata: [{key: authorization, value: the-token}]}]} }
        staticResources:
          clusters:
          - name: ads
            loadAssignment: {endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: 127.0.0.1, portValue: {{port}} } } } }]}]}
        """;
}
