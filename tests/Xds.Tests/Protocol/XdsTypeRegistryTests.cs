using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Protocol;

public sealed class XdsTypeRegistryTests
{
    [Theory]
    [InlineData("envoy.service.discovery.v3.DiscoveryRequest", "type_url", 4)]
    [InlineData("envoy.service.discovery.v3.DeltaDiscoveryRequest", "initial_resource_versions", 5)]
    [InlineData("envoy.service.discovery.v3.DeltaDiscoveryResponse", "removed_resources", 6)]
    [InlineData("envoy.service.discovery.v3.Resource", "name", 3)]
    [InlineData("envoy.config.core.v3.Node", "locality", 4)]
    [InlineData("envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials", "from_plugin", 6)]
    [InlineData("envoy.config.listener.v3.Listener", "default_filter_chain", 25)]
    [InlineData("envoy.config.listener.v3.FilterChainMatch", "server_names", 11)]
    [InlineData("envoy.config.cluster.v3.Cluster", "load_assignment", 33)]
    [InlineData("envoy.config.cluster.v3.Cluster.LbSubsetConfig", "metadata_fallback_policy", 8)]
    [InlineData("envoy.config.endpoint.v3.LocalityLbEndpoints", "priority", 5)]
    [InlineData("envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext", "match_typed_subject_alt_names", 15)]
    [InlineData("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", "path_with_escaped_slashes_action", 45)]
    [InlineData("envoy.config.rbac.v3.Principal", "direct_remote_ip", 10)]
    [InlineData("envoy.type.matcher.v3.PathMatcher", "path", 1)]
    [InlineData("envoy.admin.v3.ClusterStatus", "eds_service_name", 8)]
    [InlineData("xds.type.matcher.v3.Matcher.MatcherTree", "prefix_match_map", 3)]
    [InlineData("google.rpc.Status", "details", 3)]
    public void Field_OfListedMessage_HasUpstreamNumber(string message, string field, int number)
    {
        var descriptor = XdsTypeRegistry.Instance.Find(message);

        Assert.Equal(number, descriptor.FindFieldByName(field).FieldNumber);
    }

    [Theory]
    [InlineData("envoy.config.bootstrap.v3.Bootstrap")]
    [InlineData("envoy.admin.v3.SecretsConfigDump")]
    [InlineData("envoy.config.grpc_credential.v3.FileBasedMetadataConfig")]
    [InlineData("envoy.config.trace.v3.ZipkinConfig")]
    [InlineData("envoy.extensions.access_loggers.file.v3.FileAccessLog")]
    [InlineData("envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter")]
    [InlineData("envoy.extensions.common.matching.v3.ExtensionWithMatcher")]
    [InlineData("envoy.extensions.filters.common.matcher.action.v3.SkipFilter")]
    [InlineData("envoy.extensions.filters.http.fault.v3.HTTPFault")]
    [InlineData("envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit")]
    [InlineData("envoy.extensions.filters.http.rbac.v3.RBACPerRoute")]
    [InlineData("envoy.extensions.filters.http.router.v3.Router")]
    [InlineData("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector")]
    [InlineData("envoy.extensions.filters.network.direct_response.v3.Config")]
    [InlineData("envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit")]
    [InlineData("envoy.extensions.filters.network.rbac.v3.RBAC")]
    [InlineData("envoy.extensions.filters.network.set_filter_state.v3.Config")]
    [InlineData("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy")]
    [InlineData("envoy.extensions.matching.common_inputs.network.v3.ServerNameInput")]
    [InlineData("envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput")]
    [InlineData("envoy.extensions.regex_engines.v3.GoogleRE2")]
    [InlineData("envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig")]
    [InlineData("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext")]
    [InlineData("envoy.extensions.upstreams.http.v3.HttpProtocolOptions")]
    [InlineData("envoy.type.tracing.v3.CustomTag")]
    [InlineData("google.protobuf.BoolValue")]
    public void Find_TypeCarriedInAny_ResolvesIt(string message) => Assert.NotNull(XdsTypeRegistry.Instance.Find(message));

    [Fact]
    public void Instance_EveryGeneratedMessage_IsPartOfIt()
    {
        var generated = typeof(XdsTypeRegistry).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(IMessage)) && type is { IsInterface: false, IsAbstract: false })
            .Select(type => ((IMessage)Activator.CreateInstance(type)!).Descriptor)
            .ToList();

        Assert.True(generated.Count > 250);
        Assert.All(generated, descriptor => Assert.Same(descriptor, XdsTypeRegistry.Instance.Find(descriptor.FullName)));
    }

    [Fact]
    public void TypeUrls_OfResources_NameTheirMessages()
    {
        Assert.Equal(TypeUrls.Cluster, UrlOf(Envoy.Config.Cluster.V3.Cluster.Descriptor));
        Assert.Equal(TypeUrls.ClusterLoadAssignment, UrlOf(Envoy.Config.Endpoint.V3.ClusterLoadAssignment.Descriptor));
        Assert.Equal(TypeUrls.Listener, UrlOf(Envoy.Config.Listener.V3.Listener.Descriptor));
        Assert.Equal(TypeUrls.Secret, UrlOf(Envoy.Extensions.TransportSockets.Tls.V3.Secret.Descriptor));
    }

    [Fact]
    public void Parser_JsonWithTypedAny_UnpacksIt()
    {
        var parser = new JsonParser(new JsonParser.Settings(100, XdsTypeRegistry.Instance));
        const string json = """
            { "name": "envoy.filters.network.tcp_proxy",
              "typedConfig": { "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", "statPrefix": "a", "cluster": "b" } }
            """;

        var filter = parser.Parse<Envoy.Config.Listener.V3.Filter>(json);

        Assert.Equal("b", filter.TypedConfig.Unpack<Envoy.Extensions.Filters.Network.TcpProxy.V3.TcpProxy>().Cluster);
    }

    [Fact]
    public void UndeclaredField_ParsedAndWrittenAgain_IsKept()
    {
        byte[] tunnelingConfig = [0x62, 0x03, 0x0A, 0x01, 0x68]; // field 12, of which field 1 is not declared here

        var parsed = Envoy.Extensions.Filters.Network.TcpProxy.V3.TcpProxy.Parser.ParseFrom(tunnelingConfig);

        Assert.NotNull(parsed.TunnelingConfig);
        Assert.Equal(tunnelingConfig, parsed.ToByteArray());
    }

    private static string UrlOf(MessageDescriptor descriptor) => Any.Pack((IMessage)Activator.CreateInstance(descriptor.ClrType)!).TypeUrl;
}
