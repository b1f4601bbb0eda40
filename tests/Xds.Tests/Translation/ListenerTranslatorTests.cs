using System.Net;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

public sealed class ListenerTranslatorTests
{
    private const string ToA = "cluster: a";
    private const string Hcm = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private const string Tls = ", transportSocket: {name: tls, typedConfig: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, commonTlsContext: {tlsCertificateSdsSecretConfigs: [{name: identity}]}}}";

    [Fact]
    public void Translate_FieldsOfZoneProxyListener_AreUnderstood()
    {
        var result = ListenerTranslator.Translate(Listener("""
            {name: in, statPrefix: p, enableReusePort: true, trafficDirection: INBOUND, address: {socketAddress: {address: '::', portValue: 10001, ipv4Compat: true}},
             listenerFilters: [{name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}],
             filterChains: [
               {name: one, filterChainMatch: {serverNames: ['a{mesh=m}', '*.b'], transportProtocol: tls, applicationProtocols: [h2]}, filters: [
                 {name: misleading, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, statPrefix: p, cluster: a}}]},
               {filterChainMatch: {transportProtocol: raw_buffer}, filters: [
                 {name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config, response: {inlineString: hello}}}]}],
             defaultFilterChain: {filters: [{name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config}}]}}
            """));

        Assert.Empty(result.Errors);
        Assert.Empty(result.Ignored);
        var listener = result.Config!;
        Assert.Equal(("in", new IPEndPoint(IPAddress.IPv6Any, 10001)), (listener.Name, listener.Address));
        Assert.Equal(["one", "raw_buffer"], listener.FilterChains.Select(chain => chain.Name));
        Assert.Equal(["a{mesh=m}", "*.b"], listener.FilterChains[0].Match.ServerNames.ToArray());
        Assert.Equal(["h2"], listener.FilterChains[0].Match.ApplicationProtocols.ToArray());
        Assert.Equal(TransportProtocol.Tls, listener.FilterChains[0].Match.TransportProtocol);
        Assert.Equal(TransportProtocol.RawBuffer, listener.FilterChains[1].Match.TransportProtocol);
        Assert.Equal("a", Assert.Single(Assert.IsType<TcpProxyConfig>(listener.FilterChains[0].Action).Clusters).Cluster);
        Assert.Equal("hello", Encoding.UTF8.GetString(Assert.IsType<DirectResponseConfig>(listener.FilterChains[1].Action).Body.Span));
        Assert.Equal(0, Assert.IsType<DirectResponseConfig>(listener.DefaultFilterChain?.Action).Body.Length);
    }

    [Theory]
    [InlineData("{pipe: {path: /run/x}}", "address", "only an IP address and port can be bound")]
    [InlineData("{envoyInternalAddress: {}}", "address", "only an IP address and port can be bound")]
    [InlineData("{socketAddress: {address: host.test, portValue: 1}}", "address.socket_address.address", "'host.test' is not an IP address")]
    [InlineData("{socketAddress: {address: '1', portValue: 1}}", "address.socket_address.address", "'1' is not an IP address")]
    [InlineData("{socketAddress: {address: '[::1]', portValue: 1}}", "address.socket_address.address", "'[::1]' is not an IP address")]
    [InlineData("{socketAddress: {address: 127.0.0.1, portValue: 65536}}", "address.socket_address.port_value", "65536 is not a port")]
    [InlineData("{socketAddress: {address: 127.0.0.1, namedPort: https}}", "address.socket_address.named_port", "named ports are not supported")]
    [InlineData("{socketAddress: {protocol: UDP, address: 127.0.0.1, portValue: 1}}", "address.socket_address.protocol", "only TCP is supported")]
    [InlineData("{socketAddress: {address: 127.0.0.1, portValue: 1, networkNamespaceFilepath: /x}}", "address.socket_address.network_namespace_filepath", "network namespaces are not supported")]
    public void Translate_AddressThatCannotBeBound_QuarantinesListener(string address, string field, string reason) =>
        AssertRejected($"{{name: in, address: {address}, filterChains: [{Chain("", TcpProxy(ToA))}]}}", field, reason);

    [Theory]
    [InlineData("useOriginalDst: true", "use_original_dst")]
    [InlineData("listenerFilters: [{name: x}]", "listener_filters[0].typed_config")]
    [InlineData("listenerFilters: [{name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol}}]", "listener_filters[0].typed_config")]
    [InlineData("listenerFilters: [{name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC}}]", "listener_filters[0].typed_config")]
    public void Translate_ListenerFieldThatChangesTraffic_QuarantinesListener(string field, string path) =>
        AssertRejected($"{{name: in, address: {Socket("127.0.0.1:1")}, {field}, filterChains: [{Chain("", TcpProxy(ToA))}]}}", path, null);

    [Fact]
    public void Translate_NoFilterChain_QuarantinesListener() =>
        AssertRejected($"{{name: in, address: {Socket("127.0.0.1:1")}}}", "filter_chains", "at least one filter chain is needed");

    [Fact]
    public void Translate_FieldWithoutEffect_IsIgnored()
    {
        var result = ListenerTranslator.Translate(Listener(
            $"{{name: in, address: {Socket("127.0.0.1:1")}, listenerFiltersTimeout: 3s, accessLog: [{{name: x}}], filterChains: [{Chain("", TcpProxy(ToA))}]}}"));

        Assert.NotNull(result.Config);
        Assert.Empty(result.Errors);
        Assert.Equal(["access_log[0].typed_config", "listener_filters_timeout"], result.Ignored.Select(field => field.Field).Order());
    }

    [Theory]
    [InlineData("{name: envoy.filters.network.tcp_proxy}", "filters[0].typed_config", "a typed configuration is needed")]
    [InlineData("{name: x, typedConfig: {'@type': type.googleapis.com/google.protobuf.Struct, value: {}}}", "filters[0].typed_config", "the network filter 'google.protobuf.Struct' is not known")]
    [InlineData("{name: x, configDiscovery: {}}", "filters[0].typed_config", "a typed configuration is needed")]
    public void Translate_ChainThatCannotRun_IsQuarantinedAlone(string filters, string field, string reason) =>
        AssertChainQuarantined(Chain("serverNames: [bad]", filters), field, reason);

    [Fact]
    public void Translate_FilterBeforeLast_QuarantinesChain()
    {
        AssertChainQuarantined(
            Chain("serverNames: [bad]", Filter("envoy.extensions.filters.network.rbac.v3.RBAC", "rules: {policies: {a: {}}}") + ", " + TcpProxy(ToA)),
            "filters[0].typed_config.rules", "access control (RBAC) is not available for connections that are passed through");
        AssertChainQuarantined(
            Chain("serverNames: [bad]", Filter("envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit") + ", " + TcpProxy(ToA)),
            "filters[0].typed_config.token_bucket", "a token bucket is needed");
        AssertChainQuarantined(Chain("serverNames: [bad]", TcpProxy(ToA) + ", " + TcpProxy(ToA)), "filters[0].typed_config", "nothing may follow this filter");
    }

    [Fact]
    public void Translate_ChainThatTerminatesTls_IsQuarantined()
    {
        AssertRefusedElsewhere(Chain("serverNames: [bad]", TcpProxy(ToA), Tls));
        AssertChainQuarantined(Chain("serverNames: [bad]", TcpProxy(ToA), ", transportSocket: {name: raw}"), "transport_socket", "the transport socket is not known");
        AssertChainQuarantined(Chain("serverNames: [bad]", TcpProxy(ToA), ", useProxyProto: true"), "use_proxy_proto", "the PROXY protocol is not spoken");
    }

    [Theory]
    [InlineData("{filename: /etc/passwd}")]
    [InlineData("{environmentVariable: HOME}")]
    public void Translate_DirectResponseFromOutside_QuarantinesChain(string source) => AssertChainQuarantined(
        Chain("serverNames: [bad]", Filter("envoy.extensions.filters.network.direct_response.v3.Config", $"response: {source}")),
        "filters[0].typed_config.response", "only inline bytes and strings are supported");

    [Fact]
    public void Translate_DefaultFilterChainThatCannotRun_IsQuarantined()
    {
        var result = ListenerTranslator.Translate(Listener(
            $"{{name: in, address: {Socket("127.0.0.1:1")}, filterChains: [{Chain("serverNames: [x]", TcpProxy(ToA))}], defaultFilterChain: {{filters: [{{name: x}}]}}}}"));

        Assert.Equal("default_filter_chain.filters[0].typed_config", Assert.Single(result.Errors).Field);
        Assert.IsType<QuarantinedConfig>(result.Config!.DefaultFilterChain!.Action);
    }

    [Fact]
    public void Translate_UndeclaredField_IsIgnoredOrQuarantines()
    {
        var good = ListenerWith("in", Chain("", TcpProxy(ToA)));

        var ignored = ListenerTranslator.Translate(Append(good, 0xC0, 0x01, 5)); // field 24, tcp_backlog_size
        var rejected = ListenerTranslator.Translate(Append(good, 0x82, 0x02, 0)); // field 32, filter_chain_matcher

        Assert.Empty(ignored.Errors);
        Assert.Equal("24", Assert.Single(ignored.Ignored).Field);
        Assert.Null(rejected.Config);
        Assert.Equal("32", Assert.Single(rejected.Errors).Field);
    }

    [Fact]
    public void Translate_ListenerOfHttpOnly_IsNotServedByAProgramThatDoesNotTerminate()
    {
        var result = ListenerTranslator.Translate(ListenerWith("kuma:envoy:admin", Chain("", Filter(Hcm)), Chain("transportProtocol: tls", Filter(Hcm), Tls)), terminates: false);

        Assert.Null(result.Config);
        Assert.Empty(result.Errors);
        Assert.Contains(result.Ignored, field => field.Field.Length == 0 && field.Why.Contains("HTTP only", StringComparison.Ordinal));
    }

    [Fact]
    public void Translate_HttpBesideOther_IsRefusedByAProgramThatDoesNotTerminate() => AssertRefusedElsewhere(Chain("serverNames: [bad]", Filter(Hcm)));

    [Fact]
    public void Translate_HttpBesideOther_IsTerminated()
    {
        var result = ResultOf(Chain("serverNames: [good]", TcpProxy(ToA)), Chain("serverNames: [http]", Filter(Hcm), Tls));

        Assert.Empty(result.Errors);
        var chain = Assert.IsType<TerminatedChainConfig>(result.Config!.FilterChains[1].Action);
        Assert.Equal("identity", Assert.Single(chain.Tls!.Context.CertificateSecrets));
        Assert.NotNull(chain.Http);
    }

    [Fact]
    public void Translate_RbacBeforeProxy_AbsentRulesLetPassAndEmptyRulesRefuse()
    {
        const string rbac = "envoy.extensions.filters.network.rbac.v3.RBAC";
        var passing = ResultOf(Chain("serverNames: [a]", Filter(rbac, "statPrefix: x") + ", " + TcpProxy(ToA)));
        var refusing = ResultOf(Chain("serverNames: [a]", Filter(rbac, "rules: {}") + ", " + TcpProxy(ToA)));

        Assert.Empty(passing.Errors);
        Assert.IsType<TcpProxyConfig>(passing.Config!.FilterChains[0].Action);
        Assert.Empty(refusing.Errors);
        Assert.IsType<QuarantinedConfig>(refusing.Config!.FilterChains[0].Action);
        Assert.Contains(refusing.Enforced, field => field.Field == "filter_chains[0].filters[0].typed_config.rules");
    }

    [Theory]
    [InlineData("rules: {policies: {p: {permissions: [{any: true}], principals: [{any: true}]}}}", true)]
    [InlineData("rules: {policies: {q: {permissions: [{any: true}], principals: [{authenticated: {}}]}, p: {permissions: [{destinationPort: 1}, {any: true}], principals: [{any: true}]}}}", true)]
    [InlineData("rules: {policies: {p: {permissions: [{any: true}], principals: [{authenticated: {}}]}}}", false)]
    [InlineData("rules: {policies: {p: {permissions: [{destinationPort: 1}], principals: [{any: true}]}}}", false)]
    [InlineData("rules: {policies: {p: {permissions: [{any: true}], principals: [{any: true}], condition: {id: 1}}}}", false)]
    [InlineData("rules: {action: DENY, policies: {p: {permissions: [{any: true}], principals: [{any: true}]}}}", false)]
    [InlineData("rules: {action: DENY}", false)]
    [InlineData("matcher: {}", false)]
    public void Translate_RbacBeforeProxy_PassesOnlyWhatNeedsNoCertificate(string fields, bool passes)
    {
        var result = ResultOf(Chain("serverNames: [a]", Filter("envoy.extensions.filters.network.rbac.v3.RBAC", fields) + ", " + TcpProxy(ToA)));

        Assert.Equal(passes, result.Config!.FilterChains[0].Action is TcpProxyConfig);
        Assert.Equal(passes, result.Errors.Count == 0);
    }

    [Theory]
    [InlineData("kuma.mesh_timeout.match.sni", true)]
    [InlineData("envoy.tcp_proxy.cluster", false)]
    public void Translate_FilterStateBeforeProxy_PassesOnlyKeysOfKuma(string key, bool passes)
    {
        var state = Filter("envoy.extensions.filters.network.set_filter_state.v3.Config", $"onNewConnection: [{{objectKey: {key}, factoryKey: envoy.string}}]");

        var result = ResultOf(Chain("serverNames: [a]", state + ", " + TcpProxy(ToA)));

        Assert.Equal(passes, result.Config!.FilterChains[0].Action is TcpProxyConfig);
        Assert.Equal(passes, result.Errors.Count == 0);
    }

    [Fact]
    public void Translate_NoFilter_ClosesConnections()
    {
        var result = ResultOf(Chain("serverNames: [a]", ""));

        Assert.Empty(result.Errors);
        Assert.Equal(0, Assert.IsType<DirectResponseConfig>(result.Config!.FilterChains[0].Action).Body.Length);
        Assert.Contains(result.Enforced, field => field.Field == "filter_chains[0].filters");
    }

    [Fact]
    public void Translate_NotBoundToPort_IsNotServed()
    {
        var result = ListenerTranslator.Translate(Listener($"{{name: in, bindToPort: false, address: {Socket("127.0.0.1:1")}, filterChains: [{Chain("", TcpProxy(ToA))}]}}"));

        Assert.Null(result.Config);
        Assert.Empty(result.Errors);
        Assert.Contains("not bound", Assert.Single(result.Ignored).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_SecretsOfChains_AreReferenced()
    {
        const string context = """
            , transportSocket: {name: tls, typedConfig: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, commonTlsContext: {
              tlsCertificateSdsSecretConfigs: [{name: identity}], combinedValidationContext: {validationContextSdsSecretConfig: {name: ca}}}}}
            """;

        var result = ListenerTranslator.Translate(ListenerWith("in", Chain("serverNames: [a]", TcpProxy(ToA), context), Chain("serverNames: [b]", TcpProxy(ToA), context)));

        Assert.Equal(["identity", "ca"], result.Secrets.ToArray());
    }

    [Fact]
    public void Translate_BodyOfAnotherKind_IsRejected()
    {
        var good = ListenerWith("in", Chain("", TcpProxy(ToA)));

        AssertError(ListenerTranslator.Translate(good with { Body = EdsCluster("in").Body }), "", "the type 'type.googleapis.com/envoy.config.cluster.v3.Cluster' is not expected here");
        AssertError(ListenerTranslator.Translate(good with { Body = new Any() }), "", "the type '' is not expected here");
        AssertError(ListenerTranslator.Translate(good with { Name = "out" }), "", "the message inside is called 'in'");
        AssertError(ListenerTranslator.Translate(ListenerWith("", Chain("", TcpProxy(ToA)))), "", "it has no name");
        var malformed = ListenerTranslator.Translate(good with { Body = new Any { TypeUrl = TypeUrls.Listener, Value = ByteString.CopyFrom(0x0A, 0x7F) } });
        Assert.StartsWith("the message cannot be parsed: ", Assert.Single(malformed.Errors).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_MalformedFilterInside_QuarantinesChain()
    {
        var chain = new Envoy.Config.Listener.V3.FilterChain
        {
            Filters = { new Envoy.Config.Listener.V3.Filter { TypedConfig = new Any { TypeUrl = TcpProxyType, Value = ByteString.CopyFrom(0x0A, 0x7F) } } },
        };

        var result = ListenerTranslator.Translate(Pack(chain));

        Assert.StartsWith("the message cannot be parsed: ", Assert.Single(result.Errors).Reason, StringComparison.Ordinal);
        Assert.Same(chain, Assert.Single(result.Errors).Part is { } part && part.Equals(chain) ? chain : null);
        Assert.IsType<QuarantinedConfig>(Assert.Single(result.Config!.FilterChains).Action);
    }

    [Fact]
    public void Translate_TenThousandBadChains_BoundsTheFindings()
    {
        var result = ListenerTranslator.Translate(ListenerWith("in", [.. Enumerable.Range(0, 10_000).Select(i => Chain($"serverNames: [n{i}]", "{name: x}"))]));

        Assert.Equal(10_000, result.Config!.FilterChains.Length);
        Assert.All(result.Config.FilterChains, chain => Assert.IsType<QuarantinedConfig>(chain.Action));
        Assert.Equal(Findings.MaxEntries, result.Errors.Count);
    }

    private static XdsResource Pack(Envoy.Config.Listener.V3.FilterChain chain)
    {
        var listener = Envoy.Config.Listener.V3.Listener.Parser.ParseFrom(ListenerWith("in").Body.Value);
        listener.FilterChains.Add(chain);
        return new XdsResource("in", "1", new Any { TypeUrl = TypeUrls.Listener, Value = listener.ToByteString() });
    }

    private static ListenerConfig Translate(out IReadOnlyList<TranslationError> errors, params string[] chains)
    {
        var result = ListenerTranslator.Translate(ListenerWith("in", chains));
        errors = result.Errors;
        return result.Config!;
    }

    private static TranslationResult<ListenerConfig> ResultOf(params string[] chains) => ListenerTranslator.Translate(ListenerWith("in", chains));

    private static void AssertRejected(string yaml, string field, string? reason)
    {
        var result = ListenerTranslator.Translate(Listener(yaml));

        AssertError(result, field, reason);
    }

    private static void AssertError(TranslationResult<ListenerConfig> result, string field, string? reason)
    {
        Assert.Null(result.Config);
        var error = Assert.Single(result.Errors);
        Assert.Equal(field, error.Field);
        Assert.Equal(reason ?? error.Reason, error.Reason);
        Assert.Null(error.Part);
    }

    private static void AssertChainQuarantined(string bad, string field, string reason)
    {
        var listener = Translate(out var errors, Chain("serverNames: [good]", TcpProxy(ToA)), bad);

        var error = Assert.Single(errors);
        Assert.Equal(($"filter_chains[1].{field}", reason), (error.Field, error.Reason));
        Assert.NotNull(error.Part);
        Assert.Equal(["good", "bad"], listener.FilterChains.SelectMany(chain => chain.Match.ServerNames));
        Assert.IsType<TcpProxyConfig>(listener.FilterChains[0].Action);
        Assert.Equal($"filter_chains[1].{field}: {reason}", Assert.IsType<QuarantinedConfig>(listener.FilterChains[1].Action).Reason);
    }

    private static void AssertRefusedElsewhere(string chain)
    {
        var result = ListenerTranslator.Translate(ListenerWith("in", Chain("serverNames: [good]", TcpProxy(ToA)), chain), terminates: false);

        Assert.Empty(result.Errors);
        Assert.Contains(result.Ignored, ignored => ignored.Field == "filter_chains[1]" && ignored.Why.Contains("zone-egress serves such chains", StringComparison.Ordinal));
        Assert.IsType<TcpProxyConfig>(result.Config!.FilterChains[0].Action);
        Assert.IsType<QuarantinedConfig>(result.Config.FilterChains[1].Action);
    }
}
