using System.Text;
using YamlDotNet.Serialization;

namespace Zoneway.ZoneControlPlane.Bootstrap;

/// <summary>Writes the bootstrap document a proxy starts from: its node, and how to reach the ADS. Protocol §1.3.</summary>
internal static class BootstrapDocument
{
    private const string AdsCluster = "ads_cluster";
    private const string ValidationContext = "cp_validation_ctx";
    private const string DeltaFeature = "feature-delta-grpc";

    private static readonly ISerializer Serializer = new SerializerBuilder().WithQuotingNecessaryStrings().Build();

    /// <summary>The document as YAML.</summary>
    public static string Write(BootstrapRequest request, BootstrapTarget target)
    {
        var resources = new Dictionary<string, object> { ["clusters"] = new object[] { AdsClusterOf(target) } };
        if (target.CaPem is not null)
        {
            resources["secrets"] = new object[] { ValidationContextOf(target) };
        }

        return Serializer.Serialize(new Dictionary<string, object>
        {
            ["node"] = NodeDocument.Of(request, target),
            ["dynamicResources"] = new Dictionary<string, object>
            {
                ["ldsConfig"] = AdsSource(),
                ["cdsConfig"] = AdsSource(),
                ["adsConfig"] = AdsConfigOf(request),
            },
            ["staticResources"] = resources,
            ["admin"] = AdminOf(request, target),
        });
    }

    private static Dictionary<string, object> AdsSource() => new()
    {
        ["ads"] = new Dictionary<string, object>(),
        ["initialFetchTimeout"] = "0s",
        ["resourceApiVersion"] = "V3",
    };

    private static Dictionary<string, object> AdsConfigOf(BootstrapRequest request)
    {
        var service = new Dictionary<string, object> { ["envoyGrpc"] = new Dictionary<string, object> { ["clusterName"] = AdsCluster } };
        if (!string.IsNullOrEmpty(request.DataplaneToken))
        {
            service["initialMetadata"] = new object[] { new Dictionary<string, object> { ["key"] = "authorization", ["value"] = request.DataplaneToken } };
        }

        return new()
        {
            ["apiType"] = request.Features?.Contains(DeltaFeature) == true ? "DELTA_GRPC" : "GRPC",
            ["transportApiVersion"] = "V3",
            ["setNodeOnFirstMessageOnly"] = true,
            ["grpcServices"] = new object[] { service },
        };
    }

    private static Dictionary<string, object> AdsClusterOf(BootstrapTarget target)
    {
        var address = new Dictionary<string, object> { ["socketAddress"] = new Dictionary<string, object> { ["address"] = target.XdsHost, ["portValue"] = target.XdsPort } };
        var endpoint = new Dictionary<string, object> { ["endpoint"] = new Dictionary<string, object> { ["address"] = address } };
        var cluster = new Dictionary<string, object>
        {
            ["name"] = AdsCluster,
            ["type"] = target.IsXdsHostAddress ? "STATIC" : "STRICT_DNS",
            ["connectTimeout"] = "1s",
            ["http2ProtocolOptions"] = new Dictionary<string, object>(),
            ["upstreamConnectionOptions"] = new Dictionary<string, object>
            {
                ["tcpKeepalive"] = new Dictionary<string, object> { ["keepaliveProbes"] = 3, ["keepaliveTime"] = 10, ["keepaliveInterval"] = 10 },
            },
            ["loadAssignment"] = new Dictionary<string, object>
            {
                ["clusterName"] = AdsCluster,
                ["endpoints"] = new object[] { new Dictionary<string, object> { ["lbEndpoints"] = new object[] { endpoint } } },
            },
        };
        if (target.CaPem is not null)
        {
            cluster["transportSocket"] = TlsOf(target);
        }

        return cluster;
    }

    private static Dictionary<string, object> TlsOf(BootstrapTarget target) => new()
    {
        ["name"] = "envoy.transport_sockets.tls",
        ["typedConfig"] = new Dictionary<string, object>
        {
            ["@type"] = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            ["sni"] = target.XdsHost,
            ["commonTlsContext"] = new Dictionary<string, object>
            {
                ["tlsParams"] = new Dictionary<string, object> { ["tlsMinimumProtocolVersion"] = "TLSv1_2" },
                ["validationContextSdsSecretConfig"] = new Dictionary<string, object> { ["name"] = ValidationContext },
            },
        },
    };

    private static Dictionary<string, object> ValidationContextOf(BootstrapTarget target)
    {
        var subject = new Dictionary<string, object>
        {
            ["sanType"] = target.IsXdsHostAddress ? "IP_ADDRESS" : "DNS",
            ["matcher"] = new Dictionary<string, object> { ["exact"] = target.XdsHost },
        };
        return new()
        {
            ["name"] = ValidationContext,
            ["validationContext"] = new Dictionary<string, object>
            {
                ["matchTypedSubjectAltNames"] = new object[] { subject },
                ["trustedCa"] = new Dictionary<string, object> { ["inlineBytes"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(target.CaPem!)) },
            },
        };
    }

    private static Dictionary<string, object> AdminOf(BootstrapRequest request, BootstrapTarget target)
    {
        var address = NodeDocument.AdminSocketOf(request) is { } socket
            ? new Dictionary<string, object> { ["pipe"] = new Dictionary<string, object> { ["path"] = socket, ["mode"] = 384 } }
            : new() { ["socketAddress"] = new Dictionary<string, object> { ["address"] = NodeDocument.AdminAddress, ["portValue"] = target.AdminPort } };
        return new() { ["address"] = address };
    }
}
