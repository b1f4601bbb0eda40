using System.Text.Json.Nodes;

namespace Zoneway.LoadTest.Egress.Contenders;

/// <summary>The services as a control plane would send them to an egress (protocol §5.3, §5.5, §5.6): a listener and a cluster for each.</summary>
internal static class ZoneEgressResources
{
    private const string Types = "type.googleapis.com/envoy.";
    private const string Filters = "extensions.filters.";
    private const string Tls = "extensions.transport_sockets.tls.v3.";

    /// <summary>The resources of a file for <c>--xds-file</c>.</summary>
    public static JsonObject Write(EgressSetup setup)
    {
        var resources = EgressService.All.SelectMany<EgressService, JsonObject>(service => [Cluster(setup, service), Listener(setup, service)]);
        return new JsonObject { ["resources"] = new JsonArray([.. resources.Select(resource => new JsonObject { ["name"] = resource["name"]!.DeepClone(), ["resource"] = resource })]) };
    }

    private static JsonObject Listener(EgressSetup setup, EgressService service) => Typed("config.listener.v3.Listener", new()
    {
        ["name"] = $"inbound:{service.Name}",
        ["address"] = Address(setup.Port(service)),
        ["listenerFilters"] = new JsonArray(Extension("envoy.filters.listener.tls_inspector", Filters + "listener.tls_inspector.v3.TlsInspector")),
        ["filterChains"] = new JsonArray(new JsonObject
        {
            ["name"] = service.Name,
            ["filterChainMatch"] = new JsonObject { ["serverNames"] = new JsonArray(EgressService.ServerName), ["transportProtocol"] = "tls" },
            ["transportSocket"] = Extension("envoy.transport_sockets.tls", Tls + "DownstreamTlsContext", Downstream(setup.CertificatesOf(service))),
            ["filters"] = new JsonArray(service.IsHttp ? Http(service) : Tcp(service)),
        }),
    });

    private static JsonObject Downstream(BenchCertificates files) => new()
    {
        ["requireClientCertificate"] = true,
        ["commonTlsContext"] = new JsonObject
        {
            ["tlsCertificates"] = new JsonArray(new JsonObject { ["certificateChain"] = Inline(files.Certificate("proxy")), ["privateKey"] = Inline(files.Key("proxy")) }),
            ["validationContext"] = new JsonObject
            {
                ["trustedCa"] = Inline(files.Authority),
                ["matchTypedSubjectAltNames"] = new JsonArray(new JsonObject { ["sanType"] = "URI", ["matcher"] = new JsonObject { ["prefix"] = "spiffe://bench/" } }),
            },
        },
    };

    private static JsonObject Http(EgressService service) => Extension("envoy.filters.network.http_connection_manager", Filters + "network.http_connection_manager.v3.HttpConnectionManager", new()
    {
        ["statPrefix"] = service.Name,
        ["httpFilters"] = new JsonArray(Extension("envoy.filters.http.router", Filters + "http.router.v3.Router")),
        ["routeConfig"] = new JsonObject
        {
            ["name"] = $"outbound:{service.Name}",
            ["validateClusters"] = false,
            ["virtualHosts"] = new JsonArray(new JsonObject
            {
                ["name"] = service.Name,
                ["domains"] = new JsonArray("*"),
                ["routes"] = new JsonArray(new JsonObject
                {
                    ["match"] = new JsonObject { ["prefix"] = "/" },
                    ["route"] = new JsonObject { ["cluster"] = service.Name, ["autoHostRewrite"] = true, ["timeout"] = "0s" },
                }),
            }),
        },
    });

    private static JsonObject Tcp(EgressService service) =>
        Extension("envoy.filters.network.tcp_proxy", Filters + "network.tcp_proxy.v3.TcpProxy", new() { ["statPrefix"] = service.Name, ["cluster"] = service.Name });

    private static JsonObject Cluster(EgressSetup setup, EgressService service)
    {
        var cluster = Typed("config.cluster.v3.Cluster", new()
        {
            ["name"] = service.Name,
            ["type"] = "STATIC",
            ["connectTimeout"] = "5s",
            ["circuitBreakers"] = new JsonObject
            {
                ["thresholds"] = new JsonArray(new JsonObject { ["maxConnections"] = uint.MaxValue, ["maxPendingRequests"] = uint.MaxValue, ["maxRequests"] = uint.MaxValue }),
            },
            ["loadAssignment"] = new JsonObject
            {
                ["clusterName"] = service.Name,
                ["endpoints"] = new JsonArray(new JsonObject
                {
                    ["lbEndpoints"] = new JsonArray(new JsonObject { ["endpoint"] = new JsonObject { ["address"] = Address(setup.Backend(service)) } }),
                }),
            },
        });
        if (service.IsHttp)
        {
            cluster["typedExtensionProtocolOptions"] = new JsonObject
            {
                ["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"] = Typed("extensions.upstreams.http.v3.HttpProtocolOptions", new()
                {
                    ["explicitHttpConfig"] = new JsonObject { ["httpProtocolOptions"] = new JsonObject() },
                }),
            };
        }

        if (service.IsUpstreamTls)
        {
            var socket = Extension("envoy.transport_sockets.tls", Tls + "UpstreamTlsContext", Upstream(setup));
            cluster["transportSocketMatches"] = new JsonArray(new JsonObject { ["name"] = EgressService.BackendName, ["match"] = new JsonObject(), ["transportSocket"] = socket });
        }

        return cluster;
    }

    private static JsonObject Upstream(EgressSetup setup) => new()
    {
        ["sni"] = EgressService.BackendName,
        ["commonTlsContext"] = new JsonObject
        {
            ["validationContext"] = new JsonObject
            {
                ["trustedCa"] = Inline(setup.BackendAuthority),
                ["matchTypedSubjectAltNames"] = new JsonArray(new JsonObject { ["sanType"] = "DNS", ["matcher"] = new JsonObject { ["exact"] = EgressService.BackendName } }),
            },
        },
    };

    private static JsonObject Inline(string path) => new() { ["inlineString"] = File.ReadAllText(path) };

    private static JsonObject Extension(string name, string type, JsonObject? fields = null) => new() { ["name"] = name, ["typedConfig"] = Typed(type, fields ?? []) };

    private static JsonObject Typed(string type, JsonObject fields)
    {
        fields.Insert(0, "@type", Types + type);
        return fields;
    }

    private static JsonObject Address(int port) => new() { ["socketAddress"] = new JsonObject { ["address"] = "127.0.0.1", ["portValue"] = port } };
}
