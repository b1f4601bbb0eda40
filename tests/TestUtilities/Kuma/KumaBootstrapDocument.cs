using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>Writes the bootstrap document, as JSON, which is YAML too. Protocol §1.3.</summary>
internal sealed class KumaBootstrapDocument(KumaProfile profile, JsonObject request, string name, string host, int port, string trustedCa)
{
    private const string ValidationContext = "cp_validation_ctx";

    private string Ca => Convert.ToBase64String(Encoding.UTF8.GetBytes(trustedCa));

    private string ProxyType => request["proxyType"]?.ToString() ?? "dataplane";

    /// <param name="isReloadable">Whether the token is read from its file, which is the googleGrpc form.</param>
    public string Write(bool isReloadable) => new JsonObject
    {
        ["node"] = Node(),
        ["dynamicResources"] = new JsonObject
        {
            ["ldsConfig"] = AdsSource(),
            ["cdsConfig"] = AdsSource(),
            ["adsConfig"] = new JsonObject
            {
                ["apiType"] = profile.UsesDelta([.. (request["features"] as JsonArray ?? []).Select(static feature => feature!.ToString())]) ? "DELTA_GRPC" : "GRPC",
                ["transportApiVersion"] = "V3",
                ["setNodeOnFirstMessageOnly"] = true,
                ["grpcServices"] = new JsonArray(isReloadable ? GoogleGrpc() : EnvoyGrpc()),
            },
        },
        ["staticResources"] = isReloadable ? new JsonObject() : new JsonObject { ["clusters"] = new JsonArray(AdsCluster()), ["secrets"] = new JsonArray(TrustedCa()) },
        ["admin"] = new JsonObject { ["address"] = new JsonObject { ["socketAddress"] = new JsonObject { ["address"] = "127.0.0.1", ["portValue"] = 9901 } } },
    }.ToJsonString();

    private static JsonObject AdsSource() => new() { ["ads"] = new JsonObject(), ["initialFetchTimeout"] = "0s", ["resourceApiVersion"] = "V3" };

    // §1.1: legacy zone proxies have no mesh, so their id begins with a dot. §3.2: ports are text.
    private JsonObject Node()
    {
        var isDataplane = ProxyType == "dataplane";
        var metadata = new JsonObject
        {
            ["dataplane.proxyType"] = ProxyType,
            ["dataplane.admin.port"] = "9901",
            ["dataplane.admin.address"] = "127.0.0.1",
            ["dataplane.readinessReporter.port"] = request["readinessPort"]?.ToString() ?? "9902",
            ["features"] = request["features"]?.DeepClone(),
            ["version"] = request["version"]?.DeepClone(),
        };
        if (request["dataplaneResource"] is { } resource)
        {
            metadata["dataplane.resource"] = resource.DeepClone();
        }

        return new JsonObject { ["id"] = $"{(isDataplane ? request["mesh"]?.ToString() : "")}.{name}", ["cluster"] = isDataplane ? name : ProxyType, ["metadata"] = metadata };
    }

    private JsonObject EnvoyGrpc()
    {
        var service = new JsonObject { ["envoyGrpc"] = new JsonObject { ["clusterName"] = profile.AdsCluster } };
        if (request["dataplaneToken"]?.ToString() is { Length: > 0 } token)
        {
            service["initialMetadata"] = new JsonArray(new JsonObject { ["key"] = "authorization", ["value"] = token });
        }

        return service;
    }

    private JsonObject GoogleGrpc() => new()
    {
        ["googleGrpc"] = new JsonObject
        {
            ["targetUri"] = $"{host}:{port}",
            ["statPrefix"] = "ads",
            ["credentialsFactoryName"] = "envoy.grpc_credentials.file_based_metadata",
            ["callCredentials"] = new JsonArray(new JsonObject
            {
                ["fromPlugin"] = new JsonObject
                {
                    ["name"] = "envoy.grpc_credentials.file_based_metadata",
                    ["typedConfig"] = new JsonObject
                    {
                        ["@type"] = "type.googleapis.com/envoy.config.grpc_credential.v3.FileBasedMetadataConfig",
                        ["secretData"] = new JsonObject { ["filename"] = request["dataplaneTokenPath"]!.ToString() },
                    },
                },
            }),
            ["channelCredentials"] = new JsonObject { ["sslCredentials"] = new JsonObject { ["rootCerts"] = new JsonObject { ["inlineBytes"] = Ca } } },
            ["channelArgs"] = new JsonObject { ["args"] = new JsonObject { ["grpc.keepalive_time_ms"] = new JsonObject { ["intValue"] = 10000 } } },
        },
    };

    private JsonObject AdsCluster() => new()
    {
        ["name"] = profile.AdsCluster,
        ["type"] = IPAddress.TryParse(host, out _) ? "STATIC" : "STRICT_DNS",
        ["connectTimeout"] = "1s",
        ["loadAssignment"] = new JsonObject
        {
            ["clusterName"] = profile.AdsCluster,
            ["endpoints"] = new JsonArray(new JsonObject { ["lbEndpoints"] = new JsonArray(Endpoint()) }),
        },
        ["transportSocket"] = new JsonObject
        {
            ["name"] = "envoy.transport_sockets.tls",
            ["typedConfig"] = new JsonObject
            {
                ["@type"] = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                ["sni"] = host,
                ["commonTlsContext"] = new JsonObject
                {
                    ["tlsParams"] = new JsonObject { ["tlsMinimumProtocolVersion"] = "TLSv1_2" },
                    ["validationContextSdsSecretConfig"] = new JsonObject { ["name"] = ValidationContext },
                },
            },
        },
    };

    private JsonObject Endpoint() => new()
    {
        ["endpoint"] = new JsonObject { ["address"] = new JsonObject { ["socketAddress"] = new JsonObject { ["address"] = host, ["portValue"] = port } } },
    };

    private JsonObject TrustedCa() => new()
    {
        ["name"] = ValidationContext,
        ["validationContext"] = new JsonObject
        {
            ["trustedCa"] = new JsonObject { ["inlineBytes"] = Ca },
            ["matchTypedSubjectAltNames"] = new JsonArray(new JsonObject
            {
                ["sanType"] = IPAddress.TryParse(host, out _) ? "IP_ADDRESS" : "DNS",
                ["matcher"] = new JsonObject { ["exact"] = host },
            }),
        },
    };
}
