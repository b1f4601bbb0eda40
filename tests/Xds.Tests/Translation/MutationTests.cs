using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

/// <summary>Whatever bytes a control plane sends, translation ends with a result.</summary>
public sealed class MutationTests
{
    private static readonly XdsResource[] Originals =
    [
        Listener("""
            {name: in, address: {socketAddress: {address: 10.0.0.1, portValue: 10001}}, enableReusePort: false,
             listenerFilters: [{name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}],
             filterChains: [
               {filterChainMatch: {serverNames: ['a{mesh=m}'], transportProtocol: tls, sourcePorts: [1]}, filters: [
                 {name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, idleTimeout: 5s,
                   weightedClusters: {clusters: [{name: a, weight: 4294967295, metadataMatch: {filterMetadata: {envoy.lb: {n: 1, s: {t: [x]}}}}}]}}}]},
               {filters: [{name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config, response: {inlineString: hello}}}],
                transportSocket: {name: tls, typedConfig: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext,
                  commonTlsContext: {tlsCertificateSdsSecretConfigs: [{name: identity}]}}}}]}
            """),
        Cluster("""
            {name: a, type: STRICT_DNS, connectTimeout: 5s, commonLbConfig: {healthyPanicThreshold: {value: 50}}, lbSubsetConfig: {subsetSelectors: [{keys: [a, b], fallbackKeysSubset: [a]}]},
             loadAssignment: {clusterName: a, endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: kuma.io, portValue: 80}}}}]}]}}
            """),
        Assignment("""
            {clusterName: a, policy: {overprovisioningFactor: 200}, endpoints: [{priority: 1, locality: {zone: z}, loadBalancingWeight: 2, lbEndpoints: [
              {endpoint: {address: {socketAddress: {address: 10.0.0.1, portValue: 80}}}, loadBalancingWeight: 4294967295, metadata: {filterMetadata: {envoy.lb: {v: '1'}}}},
              {endpoint: {address: {pipe: {path: /run/x}}}}]}]}
            """),
        Listener("""
            {name: in, address: {socketAddress: {address: 10.0.0.1, portValue: 10001}}, accessLog: [{name: x, typedConfig:
               {'@type': type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /tmp/kuma-al-a-b.sock, format: '10.0.0.9:5000;%START_TIME(%s.%3f)%'}}],
             filterChains: [{filters: [
               {name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit, statPrefix: p,
                 tokenBucket: {maxTokens: 4294967295, tokensPerFill: 22, fillInterval: 22s}}},
               {name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, cluster: a, maxDownstreamConnectionDuration: 5s,
                 accessLog: [{name: x, filter: {extensionFilter: {name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter,
                   expression: "connection.requested_server_name == 'a' && connection.uri_san_peer_certificate.startsWith('b')"}}}, typedConfig:
                   {'@type': type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /tmp/a,
                    logFormat: {jsonFormat: {a: '%DURATION:3%', b: [1, true, {c: '%REQ(X)%'}], d: null}}}}]}}]}]}
            """),
        Cluster("{name: a, type: EDS, circuitBreakers: {thresholds: [{priority: HIGH}, {maxConnections: 1, maxPendingRequests: 4294967295, maxRetries: 3, trackRemaining: true}]}}"),
        Cluster("""
            {name: a, type: EDS, lbPolicy: RING_HASH, ringHashLbConfig: {minimumRingSize: 9, maximumRingSize: 99}, outlierDetection: {interval: 1s, maxEjectionPercent: 50, enforcingSuccessRate: 7},
             healthChecks: [{timeout: 1s, interval: 2s, tcpHealthCheck: {send: {text: '50'}, receive: [{binary: UA==}]}},
               {timeout: 1s, interval: 2s, httpHealthCheck: {path: /x, requestHeadersToAdd: [{header: {key: a, value: b}}], expectedStatuses: [{start: 200, end: 201}]}}]}
            """),
        ListenerWith("in", Chain("serverNames: [a]", Filter(
            "envoy.extensions.filters.network.rbac.v3.RBAC", "rules: {policies: {p: {permissions: [{any: true}], principals: [{any: true}]}}}") + ", " + TcpProxy("cluster: a"))),
        Secret("s"),
    ];

    [Fact]
    public void Translate_MutatedBytes_NeverThrows()
    {
        var mutations = from original in Gen.Elements(Originals)
                        from edits in (from place in Gen.Choose(0, 100_000)
                                       from kind in Gen.Choose(0, 2)
                                       from value in Gen.Choose(0, 255)
                                       select (place, kind, (byte)value)).NonEmptyListOf()
                        select original with { Body = Mutate(original.Body, edits) };

        Prop.ForAll(mutations.ToArbitrary(), resource => Translate(resource)).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(20));
    }

    [Fact]
    public void Translate_EveryPrefix_NeverThrows()
    {
        foreach (var original in Originals)
        {
            for (var length = 0; length < original.Body.Value.Length; length++)
            {
                var body = original.Body.Clone();
                body.Value = ByteString.CopyFrom(original.Body.Value.Span[..length]);
                Translate(original with { Body = body });
            }
        }
    }

    [Fact]
    public void Parse_MutatedText_NeverThrows()
    {
        string[] texts = [.. Originals.Select(original => $$"""{"resources": [{"name": "a", "resource": {{JsonFormat(original)}}}]}""")];
        string[] pieces = ["{", "}", "[", "]", "\"", ":", ",", "null", "1e999", "-1", "\\ud800", "true", "\"@type\"", "\"5s\"", "\0", "99999999999", "\"x\""];
        var mutations = from text in Gen.Elements(texts)
                        from edits in (from place in Gen.Choose(0, 100_000)
                                       from length in Gen.Choose(0, 20)
                                       from piece in Gen.Elements(pieces)
                                       select (place, length, piece)).NonEmptyListOf()
                        select edits.Aggregate(text, (current, edit) => Replace(current, edit.place, edit.length, edit.piece));

        Prop.ForAll(mutations.ToArbitrary(), text =>
        {
            foreach (var resource in EnvoyResourceFile.Parse(text).Resources)
            {
                Translate(resource);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(4));
    }

    private static void Translate(XdsResource resource)
    {
        ListenerTranslator.Translate(resource);
        ClusterTranslator.Translate(resource);
        EndpointTranslator.Translate(resource);
        SecretTranslator.Translate(resource);
    }

    private static Google.Protobuf.WellKnownTypes.Any Mutate(Google.Protobuf.WellKnownTypes.Any body, IEnumerable<(int Place, int Kind, byte Value)> edits)
    {
        var bytes = body.Value.ToList();
        foreach (var (place, kind, value) in edits.Where(_ => bytes.Count > 0))
        {
            var index = place % bytes.Count;
            switch (kind)
            {
                case 0:
                    bytes[index] = value;
                    break;
                case 1:
                    bytes.Insert(index, value);
                    break;
                default:
                    bytes.RemoveAt(index);
                    break;
            }
        }

        return new() { TypeUrl = body.TypeUrl, Value = ByteString.CopyFrom([.. bytes]) };
    }

    private static string Replace(string text, int place, int length, string piece)
    {
        var from = place % (text.Length + 1);
        return text[..from] + piece + text[Math.Min(text.Length, from + length)..];
    }

    private static string JsonFormat(XdsResource resource) => new JsonFormatter(new JsonFormatter.Settings(false, XdsTypeRegistry.Instance)).Format(resource.Body);
}
