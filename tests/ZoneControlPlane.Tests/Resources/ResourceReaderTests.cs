using System.Text;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Tests.Resources;

public sealed class ResourceReaderTests
{
    private const string AllKinds = """
        type: Mesh
        name: prod
        mtls:
          enabledBackend: ca-1
          backends:
          - {name: ca-1, type: builtin, dpCert: {rotation: {expiration: 24h}}}
        routing: {zoneEgress: true, localityAwareLoadBalancing: true}
        meshServices: {mode: Exclusive}
        ---
        type: Dataplane
        mesh: prod
        name: backend-1
        labels: {kuma.io/zone: east}
        networking:
          address: 10.0.0.7
          inbound:
          - port: 8080
            tags: {kuma.io/service: backend, version: v1}
          - {port: 8081, address: 10.0.0.8, state: NotReady, tags: {kuma.io/service: admin}}
          - {port: 8082, health: {ready: false}, tags: {kuma.io/service: slow}}
          - {port: 8083, health: {ready: true}, state: Ready, tags: {kuma.io/service: fine}}
        ---
        type: ZoneIngress
        name: zi-1
        zone: east
        networking: {address: "::1", port: 10001, advertisedAddress: ingress.example, advertisedPort: 30001, admin: {port: 9901}}
        availableServices:
        - {mesh: prod, instances: 3, tags: {kuma.io/service: backend}}
        ---
        type: ZoneEgress
        name: ze-1
        zone: west
        networking: {address: 10.0.0.2, port: 10002}
        """;

    [Fact]
    public void Read_AllKinds_GivesWhatTheySay()
    {
        var content = ResourceReader.Read(AllKinds);

        Assert.False(content.Findings.HasErrors);
        var mesh = Assert.IsType<MeshResource>(content.Resources[0]);
        Assert.True(mesh is { Name: "prod", HasBuiltinCa: true, UsesZoneEgress: true, HasExclusiveMeshServices: true });
        var dataplane = Assert.IsType<DataplaneResource>(content.Resources[1]);
        Assert.Equal(("prod", "backend-1", "east"), (dataplane.Mesh, dataplane.Name, dataplane.Zone));
        Assert.Equal([true, false, false, true], dataplane.Inbounds.Select(static inbound => inbound.IsReady));
        Assert.Equal("10.0.0.8", dataplane.Inbounds[1].Address);
        Assert.Equal("kuma.io/service=backend,version=v1", dataplane.Inbounds[0].Tags.ToString());
        var ingress = Assert.IsType<ZoneIngressResource>(content.Resources[2]);
        Assert.Equal(("[::1]:10001", "ingress.example:30001"), (ingress.Networking.ToString(), ingress.Advertised!.ToString()));
        Assert.Equal(3u, ingress.AvailableServices!.Value.Single().Instances);
        Assert.Equal(new HostPort("10.0.0.2", 10002), Assert.IsType<ZoneEgressResource>(content.Resources[3]).Networking);
    }

    [Theory]
    [InlineData("name: x\n", 1, "type is required")]
    [InlineData("type: Mesh\nname: a b\n", 2, "not a name")]
    [InlineData("type: Mesh\nname: m\nmtls: {enabledBackend: no, backends: []}\n", 3, "is not among mtls.backends")]
    [InlineData("type: ZoneEgress\nname: e\nnetworking:\n  address: 10.0.0.1\n  port: 70000\n", 5, "is not a port")]
    [InlineData("type: ZoneEgress\nname: e\nnetworking:\n  address: 'a b'\n  port: 1\n", 4, "neither an IP address nor a host name")]
    [InlineData("type: ZoneEgress\nname: e\n", 1, "networking is required")]
    [InlineData("type: ZoneIngress\nname: i\nnetworking: [1]\n", 3, "must be a mapping")]
    [InlineData("type: ZoneIngress\nname: i\nnetworking: {address: 10.0.0.1, port: 1}\navailableServices:\n- mesh: m\n  tags: {version: v1}\n", 6, "tag kuma.io/service is required")]
    [InlineData("type: ZoneIngress\nname: i\nnetworking: {address: 10.0.0.1, port: 1}\navailableServices:\n- mesh: m\n  tags: {kuma.io/service: s}\n  instances: -1\n", 7, "is not a number")]
    [InlineData("type: Dataplane\nmesh: m\nname: d\nnetworking:\n  inbound:\n  - port: 1\n    tags: {kuma.io/service: s}\n", 6, "an address")]
    [InlineData("type: Dataplane\nmesh: m\nname: d\nnetworking:\n  address: 10.0.0.1\n  inbound:\n  - port: 1\n    tags: {kuma.io/service: 's{}'}\n", 8, "the value of tag kuma.io/service")]
    [InlineData("type: Dataplane\nmesh: m\nname: d\nnetworking:\n  address: 10.0.0.1\n  inbound:\n  - port: 1\n    health: {ready: perhaps}\n    tags: {kuma.io/service: s}\n", 8, "neither true nor false")]
    [InlineData("- a\n- b\n", 1, "a document must be a mapping")]
    [InlineData("type: Mesh\n name: m\n", 2, "not readable as YAML")]
    public void Read_Wrong_SaysWhatAndOnWhichLine(string text, int line, string message)
    {
        var content = ResourceReader.Read(text);

        Assert.True(content.Findings.HasErrors);
        Assert.Contains(content.Findings.Problems, problem => problem.Severity == ProblemSeverity.Error && problem.Line == line && problem.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("type: ExternalService\nmesh: m\nname: e\ntags: {kuma.io/service: s}\nnetworking: {address: nocolon}\n", 5, "must be of the form host:port")]
    [InlineData("type: ExternalService\nmesh: m\nname: e\ntags: {kuma.io/service: s}\nnetworking: {address: '::1:80'}\n", 5, "an IPv6 address in brackets")]
    [InlineData("type: ExternalService\nmesh: m\nname: e\ntags: {kuma.io/service: s}\n", 1, "networking is required")]
    [InlineData("type: ExternalService\nmesh: m\nname: e\nnetworking: {address: 'h:80'}\n", 1, "tags is required")]
    [InlineData("type: ExternalService\nmesh: m\nname: e\ntags: {kuma.io/service: s}\nnetworking:\n  address: h:80\n  tls:\n    caCert: {secret: my-ca}\n", 8, "secret is not supported by this control plane")]
    [InlineData("type: ExternalService\nmesh: m\nname: e\ntags: {kuma.io/service: s}\nnetworking:\n  address: h:80\n  tls:\n    caCert: {inline: '%%'}\n", 8, "inline is not base64")]
    [InlineData("type: ExternalService\nmesh: m\nname: e\ntags: {kuma.io/service: s}\nnetworking:\n  address: h:80\n  tls: {clientKey: {inlineString: x}}\n", 7, "go together")]
    [InlineData("type: ExternalService\nmesh: m\nname: e\ntags: {kuma.io/service: s}\nnetworking:\n  address: h:80\n  tls: {clientCert: {inlineString: x}, clientKey: {inlineString: x}}\n", 7, "networking.tls.clientKey is not the key of the first certificate")]
    [InlineData("type: MeshExternalService\nmesh: m\nname: e\nspec:\n  match: {port: 80}\n  tls: {version: {max: TLS11}}\n", 6, "is below TLS12")]
    [InlineData("type: MeshExternalService\nmesh: m\nname: e\n", 1, "spec is required")]
    [InlineData("type: MeshExternalService\nmesh: m\nname: e\nspec:\n  match: {port: 80, protocol: ftp}\n", 5, "is none of")]
    [InlineData("type: MeshExternalService\nmesh: m\nname: e\nspec:\n  match: {port: 80}\n  endpoints: [{address: 'unix:///x', port: 1}]\n", 6, "neither an IP address nor a host name")]
    [InlineData("type: MeshExternalService\nmesh: m\nname: e\nspec:\n  match: {port: 80}\n  extension: {type: Lambda}\n", 6, "is not supported")]
    [InlineData("type: MeshExternalService\nmesh: m\nname: e\nspec:\n  match: {port: 80}\n  tls: {version: {min: TLS13, max: TLS12}}\n", 6, "is above")]
    [InlineData("type: TrafficPermission\nmesh: m\nname: p\nsources: [{match: {kuma.io/service: '*'}}]\n", 1, "destinations is required")]
    [InlineData("type: TrafficPermission\nmesh: m\nname: p\nsources: [{match: {team: a}}]\ndestinations: [{match: {kuma.io/service: '*'}}]\n", 4, "match needs kuma.io/service")]
    [InlineData("type: MeshTrafficPermission\nmesh: m\nname: p\nspec:\n  rules: []\n", 5, "rules is not supported")]
    [InlineData("type: MeshTrafficPermission\nmesh: m\nname: p\nspec:\n  from:\n  - {targetRef: {kind: Mesh}, default: {action: Maybe}}\n", 6, "is none of Allow")]
    [InlineData("type: MeshTrafficPermission\nmesh: m\nname: p\nspec:\n  from:\n  - {targetRef: {kind: MeshExternalService}, default: {action: Allow}}\n", 6, "is none of Mesh, MeshSubset")]
    [InlineData("type: MeshTrafficPermission\nmesh: m\nname: p\nspec:\n  from:\n  - {targetRef: {kind: MeshService, name: a, namespace: n}, default: {action: Allow}}\n", 6, "namespace is not supported")]
    public void Read_WrongExternalServiceOrPermission_SaysWhatAndOnWhichLine(string text, int line, string message) =>
        Read_Wrong_SaysWhatAndOnWhichLine(text, line, message);

    [Fact]
    public void Read_AuthorityThatIsNoCertificate_IsWarnedOf()
    {
        var content = ResourceReader.Read("type: ExternalService\nmesh: m\nname: e\ntags: {kuma.io/service: s}\nnetworking:\n  address: h:80\n  tls: {caCert: {inlineString: x}}\n");

        var problem = Assert.Single(content.Findings.Problems);
        Assert.Equal((ProblemSeverity.Warning, 7), (problem.Severity, problem.Line));
        Assert.StartsWith("ExternalService m/e: networking.tls.caCert has no certificate in PEM form", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WrongKeyMaterial_IsNeverShown()
    {
        var content = ResourceReader.Read("""
            type: ExternalService
            mesh: m
            name: e
            tags: {kuma.io/service: s}
            networking: {address: 'h:80', tls: {clientCert: {inline: TOPSECRET!}, clientKey: {inline: TOPSECRET!, inlineString: [TOPSECRET]}}}
            """);

        Assert.True(content.Findings.HasErrors);
        Assert.DoesNotContain(content.Findings.Problems, static problem => problem.Message.Contains("TOPSECRET", StringComparison.Ordinal));
        Assert.DoesNotContain(content.Resources, static resource => resource.ToString()!.Contains("TOPSECRET", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_UnknownTypesAndFields_AreReportedAndTheFileIsGood()
    {
        var content = ResourceReader.Read("type: MeshTimeout\nname: t\n---\ntype: Mesh\nname: m\nskipCreatingInitialPolicies: ['*']\n");

        Assert.False(content.Findings.HasErrors);
        Assert.Single(content.Resources);
        Assert.Equal(
            [(ProblemSeverity.Notice, 1), (ProblemSeverity.Ignored, 6)],
            content.Findings.Problems.Select(static problem => (problem.Severity, problem.Line)));
    }

    [Fact]
    public void Read_RandomMutations_NeverThrow()
    {
        var random = new Random(20260101);
        var original = Encoding.ASCII.GetBytes(AllKinds);
        const string Noise = "{}[]:,-?&*!|>'\"%@`#\n\t \0\u007f~0aA\\";
        for (var round = 0; round < 3_000; round++)
        {
            var mutated = original.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                mutated[random.Next(mutated.Length)] = (byte)Noise[random.Next(Noise.Length)];
            }

            var content = ResourceReader.Read(Encoding.ASCII.GetString(mutated, 0, random.Next(mutated.Length + 1)));

            Assert.True(content.Findings.Problems.Count <= ResourceLimits.MaxProblems + 1);
        }
    }
}
