using System.Text;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>The resources of an ingress with one listener, as a file.</summary>
internal static class XdsFileText
{
    /// <param name="listenerPort">Port of the listener <c>inbound</c>; 0 for a free one.</param>
    /// <param name="services">Name and local port of each service; its server name is <c>name{mesh=default}</c>.</param>
    public static string Ingress(int listenerPort, params ReadOnlySpan<(string Name, int Port)> services)
    {
        var chains = new StringBuilder();
        var clusters = new StringBuilder();
        foreach (var (name, port) in services)
        {
            chains.Append(
                $$"""

                    - filterChainMatch: {serverNames: ["{{name}}{mesh=default}"], transportProtocol: tls}
                      filters:
                      - name: envoy.filters.network.tcp_proxy
                        typedConfig: {"@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, statPrefix: {{name}}, cluster: {{name}}}
                """);
            clusters.Append(
                $$"""

                - name: {{name}}
                  resource:
                    "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
                    name: {{name}}
                    type: STATIC
                    connectTimeout: 5s
                    loadAssignment:
                      clusterName: {{name}}
                      endpoints:
                      - lbEndpoints:
                        - endpoint: {address: {socketAddress: {address: 127.0.0.1, portValue: {{port}} } } }
                """);
        }

        return $$"""
            resources:
            - name: inbound
              resource:
                "@type": type.googleapis.com/envoy.config.listener.v3.Listener
                name: inbound
                address: {socketAddress: {address: 127.0.0.1, portValue: {{listenerPort}} } }
                filterChains:
            """ + chains + clusters + "\n";
    }
}
