using Envoy.Config.Cluster.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Zoneway.TestUtilities;
using Zoneway.Xds.Validation;
using Zoneway.ZoneControlPlane.Snapshots;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Snapshots;

/// <summary>External services, beside what Kuma makes of the same resources and through our own translators.</summary>
public sealed class ExternalServiceSnapshotTests
{
    private const string Goldens = "kuma/v2.14.3/zone-egress-xds/";

    private static readonly ProxyNode Node = new(".zoneegress-1", "zoneegress-1", ProxyKind.Egress);

    [FixtureTheory(Goldens + "01.externalservice-only.golden.yaml")]
    [InlineData("01.externalservice-only")]
    [InlineData("03.mixed-services")]
    [InlineData("05.mixed-services-with-custom-trafficpermissions")]
    [InlineData("same-kuma-io-service")]
    public void Build_KumasOwnInput_IsWhatKumaServes(string name)
    {
        // The test of the generator does not look at the mesh of a permission, so inputs and goldens are not exact there.
        var input = File.ReadAllText(Fixtures.Path($"{Goldens}input/{name}.yaml")).Replace("mesh: zone-1", "mesh: mesh-1", StringComparison.Ordinal).Replace("allow-all-traffic-2", "allow-all-traffic-1", StringComparison.Ordinal);

        var resources = SnapshotBuilder.Build(SampleResources.Catalog("zone-1", input), Node)!;

        var expected = GoldenXds.Read($"{Goldens}{name}.golden.yaml").Where(static resource => !resource.Contains("tls.v3.Secret\"", StringComparison.Ordinal));
        Assert.Equal(
            expected.Select(static resource => resource.Replace("spiffe://zone-1/backend", "spiffe://mesh-1/backend", StringComparison.Ordinal)),
            GoldenXds.Print(WithTestNetworks(resources)));
    }

    [FixtureFact(Goldens + "01.externalservice-only.golden.yaml")]
    public void Build_KumasOwnInput_HasItsSecretsByName()
    {
        var input = File.ReadAllText(Fixtures.Path($"{Goldens}input/01.externalservice-only.yaml"));

        var resources = SnapshotBuilder.Build(SampleResources.Catalog("zone-1", input), Node)!;

        Assert.Equal(["identity_cert:secret:mesh-1", "mesh_ca:secret:mesh-1"], resources.Secrets.Select(static secret => secret.Name));
    }

    [Theory]
    [InlineData("tcp", false)]
    [InlineData("http", true)]
    [InlineData("http2", true)]
    [InlineData("grpc", true)]
    public void Build_EveryProtocol_TranslatesWithNothingRejected(string protocol, bool isHttp)
    {
        var resources = Build("""
            type: ExternalService
            mesh: m
            name: es
            tags: {kuma.io/service: es, kuma.io/protocol: PROTOCOL}
            networking: {address: "es.test:443", tls: {enabled: true}}
            ---
            type: MeshExternalService
            mesh: m
            name: mes
            spec: {match: {type: HostnameGenerator, port: 443, protocol: PROTOCOL}, endpoints: [{address: mes.test, port: 443}], tls: {enabled: true}}
            """.Replace("PROTOCOL", protocol, StringComparison.Ordinal));

        var chains = resources.Listeners.Single().FilterChains;
        Assert.Equal(["es_m", "m_mes___extsvc_443"], chains.Select(static chain => chain.Name));
        Assert.All(chains, chain => Assert.True(isHttp ? chain.Filters[^1].TypedConfig.Is(HttpConnectionManager.Descriptor) : chain.Filters[^1].TypedConfig.Is(TcpProxy.Descriptor)));
        AssertNothingRejected(resources);
    }

    [Fact]
    public void Build_HashedServerName_IsKumas() =>
        Assert.Equal("a260442408b1a89a9.httpbin.80.default.mes", Zoneway.ZoneControlPlane.Snapshots.External.ResourceServerName.OfMeshExternalService("httpbin", "default", 80));

    [Fact]
    public void Build_LongNames_AreHashedWholeAndShortened()
    {
        var name = new string('b', 70);

        var serverName = Zoneway.ZoneControlPlane.Snapshots.External.ResourceServerName.OfMeshExternalService(name, name, 8080);

        Assert.Equal($"ae876bf48f38f5927.{new string('b', 62)}x.8080.{new string('b', 62)}x.mes", serverName);
    }

    [Fact]
    public void Build_ServiceOfAnotherZoneOrMeshWithoutCa_IsLeftOut()
    {
        var resources = Build("""
            type: ExternalService
            mesh: m
            name: there
            tags: {kuma.io/service: there, kuma.io/zone: east}
            networking: {address: "10.0.0.9:80"}
            ---
            type: ExternalService
            mesh: m
            name: here
            tags: {kuma.io/service: here, kuma.io/zone: west}
            networking: {address: "10.0.0.9:80"}
            ---
            type: MeshExternalService
            mesh: m
            name: other
            labels: {kuma.io/zone: east}
            spec: {match: {port: 80}, endpoints: [{address: 10.0.0.1, port: 80}]}
            ---
            type: MeshExternalService
            mesh: m
            name: nowhere
            spec: {match: {port: 80}}
            ---
            type: Mesh
            name: provided
            mtls: {enabledBackend: v, backends: [{name: v, type: vault}]}
            ---
            type: ExternalService
            mesh: provided
            name: x
            tags: {kuma.io/service: x}
            networking: {address: "10.0.0.9:80"}
            """);

        Assert.Equal(["here_m"], resources.Listeners.Single().FilterChains.Select(static chain => chain.Name));
    }

    [Fact]
    public void Build_ServiceTiedToAnotherZone_GoesThroughItsIngressToItsEgress()
    {
        var yaml = SampleResources.Mesh("m") + SampleResources.Egress("zoneegress-1", "west") + SampleResources.Egress("there", "east") + SampleResources.Ingress("in", "east", "203.0.113.1") + """
            type: ExternalService
            mesh: m
            name: tied
            tags: {kuma.io/service: tied, kuma.io/zone: east, kuma.io/protocol: http}
            networking: {address: "10.0.0.9:80"}
            ---
            type: ExternalService
            mesh: m
            name: both-east
            tags: {kuma.io/service: both, kuma.io/zone: east}
            networking: {address: "10.0.0.9:80"}
            ---
            type: ExternalService
            mesh: m
            name: both-west
            tags: {kuma.io/service: both, kuma.io/zone: west}
            networking: {address: "10.0.0.9:80"}
            """;

        var west = SnapshotBuilder.Build(SampleResources.Catalog("west", yaml), Node)!;
        var ingress = SnapshotBuilder.Build(SampleResources.Catalog("east", yaml), new ProxyNode(".in", "in", ProxyKind.Ingress))!;
        var east = SnapshotBuilder.Build(SampleResources.Catalog("east", yaml), Node with { Name = "there" })!;

        Assert.Equal(["tied{mesh=m} False", "both{mesh=m} True"], ChainsOf(west));
        Assert.Equal(["203.0.113.1:10001"], AddressesOf(west));
        Assert.Equal(["tied{mesh=m} False", "both{mesh=m} False"], ChainsOf(ingress));
        Assert.Equal(["192.168.0.1:10002", "192.168.0.1:10002"], AddressesOf(ingress));
        Assert.Equal(["both{mesh=m} True", "tied{mesh=m} True"], ChainsOf(east));
    }

    [Fact]
    public void Build_SeveralOfOneService_AreOneClusterWithEachItsTls()
    {
        var (certificate, key) = SampleResources.KeyPair();
        var resources = Build($$"""
            type: ExternalService
            mesh: m
            name: a
            tags: {kuma.io/service: s, kuma.io/protocol: http, version: v1}
            networking: {address: "a.test:443", tls: {enabled: true, serverName: front.test, allowRenegotiation: true, caCert: {inline: {{certificate}} } } }
            ---
            type: ExternalService
            mesh: m
            name: b
            tags: {kuma.io/service: s, kuma.io/protocol: http}
            networking: {address: "[2001:db8::1]:443", tls: {enabled: true, caCert: {inline: {{certificate}} }, skipHostnameVerification: true, clientCert: {inline: {{certificate}} }, clientKey: {inline: {{key}} } } }
            ---
            type: ExternalService
            mesh: m
            name: c
            tags: {kuma.io/service: s, kuma.io/protocol: http}
            networking: {address: "10.0.0.1:80"}
            """);

        var cluster = resources.Clusters.Single();
        Assert.Equal(Cluster.Types.DiscoveryType.StrictDns, cluster.Type);
        Assert.Equal(["a.test", "2001:db8::1", "10.0.0.1"], cluster.LoadAssignment.Endpoints.Single().LbEndpoints.Select(static endpoint => endpoint.Endpoint.Address.SocketAddress.Address));
        Assert.Equal(["a.test", "2001:db8::1"], cluster.TransportSocketMatches.Select(static match => match.Name));
        var (first, second) = (ContextOf(cluster, 0), ContextOf(cluster, 1));
        Assert.Equal(("front.test", true), (first.Sni, first.AllowRenegotiation));
        Assert.Equal(["front.test", "front.test"], first.CommonTlsContext.ValidationContext.MatchTypedSubjectAltNames.Select(static name => name.Matcher.Exact));
        Assert.Equal(certificate, first.CommonTlsContext.ValidationContext.TrustedCa.InlineBytes.ToBase64());
        Assert.Equal("", second.Sni);
        Assert.Equal(certificate, second.CommonTlsContext.ValidationContext.TrustedCa.InlineBytes.ToBase64());
        Assert.Empty(second.CommonTlsContext.ValidationContext.MatchTypedSubjectAltNames);
        Assert.Equal(key, second.CommonTlsContext.TlsCertificates.Single().PrivateKey.InlineBytes.ToBase64());
    }

    [Theory]
    [InlineData("Secured", true, 2)]
    [InlineData("SkipSAN", true, 0)]
    [InlineData("SkipCA", false, 2)]
    [InlineData("SkipAll", null, 0)]
    public void Build_VerificationModes_AreKumas(string mode, bool? hasCa, int names)
    {
        var resources = BuildSpec($"tls: {{enabled: true, verification: {{mode: {mode}}}}}", Node with { SystemCaPath = "/ca.pem" });

        var validation = ContextOf(resources.Clusters.Single(), 0).CommonTlsContext.ValidationContext;
        Assert.Equal(hasCa, validation is null ? null : validation.TrustedCa?.Filename == "/ca.pem");
        Assert.Equal(names, validation?.MatchTypedSubjectAltNames.Count ?? 0);
        Assert.Null(resources.Clusters.Single().TransportSocketMatches.Single().Match);
    }

    [Fact]
    public void Build_CustomTls_IsWhatKumaServes()
    {
        var (certificate, key) = SampleResources.KeyPair();
        var resources = BuildSpec($"tls: {{enabled: true, version: {{min: TLS12, max: TLS13}}, verification: {{serverName: example2.com, subjectAltNames: [{{type: Prefix, value: example}}, {{value: example2.com}}], caCert: {{inline: {certificate}}}, clientCert: {{inline: {certificate}}}, clientKey: {{inline: {key}}}}}}}");

        var context = ContextOf(resources.Clusters.Single(), 0);
        Assert.Equal("example2.com", context.Sni);
        Assert.Equal((TlsParameters.Types.TlsProtocol.Tlsv12, TlsParameters.Types.TlsProtocol.Tlsv13), (context.CommonTlsContext.TlsParams.TlsMinimumProtocolVersion, context.CommonTlsContext.TlsParams.TlsMaximumProtocolVersion));
        Assert.Equal(
            ["Dns =example2.com", "IpAddress =example2.com", "Dns ^example", "Dns =example2.com", "IpAddress ^example", "IpAddress =example2.com"],
            context.CommonTlsContext.ValidationContext.MatchTypedSubjectAltNames.Select(static name => $"{name.SanType} {(name.Matcher.HasPrefix ? "^" + name.Matcher.Prefix : "=" + name.Matcher.Exact)}"));
    }

    [Fact]
    public void Build_DifferentHostsWithoutServerName_HaveEachTheirOwnTls()
    {
        var cluster = BuildSpec("tls: {enabled: true}", more: ", {address: second.test, port: 443}").Clusters.Single();

        Assert.Equal(["first.test", "second.test"], [ContextOf(cluster, 0).Sni, ContextOf(cluster, 1).Sni]);
        Assert.All(cluster.TransportSocketMatches.Zip(cluster.LoadAssignment.Endpoints.Single().LbEndpoints), static pair =>
            Assert.Equal(pair.First.Match.Fields.Single().Value, pair.Second.Metadata.FilterMetadata["envoy.transport_socket_match"].Fields[pair.First.Match.Fields.Single().Key]));
    }

    private static IEnumerable<string> ChainsOf(ProxyResources resources) =>
        resources.Listeners.Single().FilterChains.Select(static chain => $"{chain.FilterChainMatch.ServerNames.Single()} {chain.TransportSocket is not null}");

    private static IEnumerable<string> AddressesOf(ProxyResources resources) =>
        from assignment in resources.Assignments
        from locality in assignment.Endpoints
        from endpoint in locality.LbEndpoints
        let address = endpoint.Endpoint.Address.SocketAddress
        select $"{address.Address}:{address.PortValue}";

    private static ProxyResources BuildSpec(string tls, ProxyNode? node = null, string more = "") => Build($$"""
        type: MeshExternalService
        mesh: m
        name: mes
        spec:
          match: {type: HostnameGenerator, port: 443, protocol: http}
          endpoints: [{address: first.test, port: 443}{{more}}]
          {{tls}}
        """, node);

    private static ProxyResources Build(string yaml, ProxyNode? node = null) => SnapshotBuilder.Build(
        SampleResources.Catalog("west", SampleResources.Mesh("m") + SampleResources.Egress("zoneegress-1", "west") + yaml), node ?? Node)!;

    private static UpstreamTlsContext ContextOf(Cluster cluster, int index) =>
        cluster.TransportSocketMatches[index].TransportSocket.TypedConfig.Unpack<UpstreamTlsContext>();

    private static void AssertNothingRejected(ProxyResources resources)
    {
        var report = ConfigurationValidator.Validate(GoldenXds.ToFile(resources), out var problem);

        Assert.Null(problem);
        Assert.Empty(report!.Rejected);
        Assert.NotEmpty(report.Listeners.Single().FilterChains);
    }

    // Kuma's tests of the generator know one internal network, a control plane its configured ones.
    private static ProxyResources WithTestNetworks(ProxyResources resources)
    {
        foreach (var filter in resources.Listeners.SelectMany(static listener => listener.FilterChains).SelectMany(static chain => chain.Filters))
        {
            if (filter.TypedConfig.TryUnpack<HttpConnectionManager>(out var manager))
            {
                manager.InternalAddressConfig.CidrRanges.Clear();
                manager.InternalAddressConfig.CidrRanges.Add(new Envoy.Config.Core.V3.CidrRange { AddressPrefix = "127.0.0.1", PrefixLen = 32 });
                filter.TypedConfig = Google.Protobuf.WellKnownTypes.Any.Pack(manager);
            }
        }

        return resources;
    }
}
