using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Tests.Routing;

/// <summary>The examples of the protocol (§6) and of Kuma's golden files, read and written.</summary>
public sealed class SniFormatsTests
{
    [Theory]
    [InlineData("ms", "backend", "demo", 8080, "ae10a8071b8a8eeb8.backend.8080.demo.ms")]
    [InlineData("ms", "backend", "default", 80, "a601e0c00295a9fbe.backend.80.default.ms")]
    [InlineData("ms", "backend2", "default", 80, "aec60634adf0f45d6.backend2.80.default.ms")]
    [InlineData("ms", "orders", "prod", 9000, "a71f82cdfc489202d.orders.9000.prod.ms")]
    [InlineData("mzms", "global-backend", "default", 8080, "af3970c102292b6ea.global-backend.8080.default.mzms")]
    [InlineData("mes", "httpbin", "default", 80, "a260442408b1a89a9.httpbin.80.default.mes")]
    [InlineData("mes", "meshexternalservice-1", "mesh-1", 9090, "a45e197ed7825551b.meshexternalservice-1.9090.mesh-1.mes")]
    [InlineData("mes", "external", "mesh-1", 9000, "ad098e6a3e7e807e1.external.9000.mesh-1.mes")]
    public void Hashed_Examples_AreReadAndWritten(string type, string name, string mesh, ushort port, string sni)
    {
        var kind = type switch { "ms" => ServiceKind.MeshService, "mes" => ServiceKind.MeshExternalService, _ => ServiceKind.MeshMultiZoneService };
        var identity = new ServiceIdentity(kind, mesh, Zone: null, "", name, $"{port}", port);

        Assert.Equal(sni, SniFormats.ToHashed(identity));
        Assert.Equal(identity, SniFormats.Parse(sni, "some-cluster"));
    }

    [Fact]
    public void Hashed_OfKubernetes_NamespaceIsPartOfTheName()
    {
        const string Sni = "accece0df656574f6.backend.kuma-demo.8080.default.ms";
        var identity = new ServiceIdentity(ServiceKind.MeshService, "default", "east", "kuma-demo", "backend", "8080", 8080);

        Assert.Equal(Sni, SniFormats.ToHashed(identity));
        Assert.Equal(identity, SniFormats.Parse(Sni, "default_backend_kuma-demo_east_msvc_8080"));
        Assert.Equal(identity with { Section = "http" }, SniFormats.Parse(Sni, "kri_msvc_default_east_kuma-demo_backend_http"));
        Assert.Null(SniFormats.Parse(Sni, "some-cluster"));
        Assert.Null(SniFormats.Parse(Sni, "default_frontend_kuma-demo_east_msvc_8080"));
        Assert.Null(SniFormats.Parse(Sni, "default_backend_kuma-demo_east_msvc_8081"));
    }

    [Fact]
    public void Hashed_LongNames_AreShortenedAndNotReadBack()
    {
        var part = new string('b', 70);
        var sni = SniFormats.ToHashed(new(ServiceKind.MeshService, part, null, "", part, "8080", 8080));

        Assert.Equal($"ae876bf48f38f5927.{part[..62]}x.8080.{part[..62]}x.ms", sni);
        Assert.Equal(153, sni!.Length);
        Assert.Null(SniFormats.Parse(sni, "some-cluster"));
    }

    [Theory]
    [InlineData("a333a125865a97632.backend.8080.demo.ms")] // The hash has an extra key in it.
    [InlineData("ae10a8071b8a8eeb9.backend.8080.demo.ms")]
    [InlineData("ae10a8071b8a8eeb8.backend.8080.demo.msx")]
    [InlineData("ae10a8071b8a8eeb8.backend.http.demo.ms")]
    [InlineData("ae10a8071b8a8eeb8.backend.demo.ms")]
    [InlineData("backend{mesh=default}")] // Which port is not said.
    [InlineData("backend{mesh=default,version=v1}")]
    [InlineData("orders_app_svc_80{kuma.io/zone=east,mesh=prod}")]
    [InlineData("orders_app_svc_http{mesh=prod}")]
    [InlineData("sni.svc.default.east.backend.80")]
    [InlineData("sni.msvc.default.80")]
    [InlineData("sni.msvc.default.east.a.b.c.80")]
    [InlineData("sni.msvc.default..backend.80")]
    [InlineData("example.com")]
    [InlineData("")]
    public void Parse_NotCertain_IsNothing(string sni) => Assert.Null(SniFormats.Parse(sni, "some-cluster"));

    [Theory]
    [InlineData("sni.msvc.default.east.app-ns.backend.http", "kri_msvc_default_east_app-ns_backend_http", "east", "app-ns", "http", 0)]
    [InlineData("sni.msvc.default.east.backend.80", "kri_msvc_default_east__backend_80", "east", "", "80", 80)]
    [InlineData("sni.mzsvc.default.backend.80", "kri_mzsvc_default___backend_80", "", "", "80", 80)]
    [InlineData("sni.extsvc.default.backend.9000", "some-cluster", "", "", "9000", 9000)]
    [InlineData("sni.msvc.default.east.backend.http", "default_backend__east_msvc_80", "east", "", "http", 80)]
    public void Kri_Examples_AreReadAndWritten(string sni, string cluster, string zone, string space, string section, ushort port)
    {
        var identity = SniFormats.Parse(sni, cluster)!;

        Assert.Equal(("default", zone, space, "backend", section, port), (identity.Mesh, identity.Zone, identity.Namespace, identity.Name, identity.Section, identity.Port));
        Assert.Equal(sni, SniFormats.ToKri(identity));
    }

    [Theory]
    [InlineData("kri_msvc_default_west__backend_80")]
    [InlineData("kri_msvc_default_east__backend_81")]
    [InlineData("kri_mzsvc_default_east__backend_80")]
    public void Kri_ClusterSaysOtherwise_IsNothing(string cluster) => Assert.Null(SniFormats.Parse("sni.msvc.default.east.backend.80", cluster));

    [Fact]
    public void Tags_ServiceOfKubernetes_SaysAllButTheZone()
    {
        var identity = SniFormats.Parse("backend_kuma-demo_svc_8080{mesh=default}", "default:backend_kuma-demo_svc_8080")!;

        Assert.Equal(new ServiceIdentity(ServiceKind.MeshService, "default", null, "kuma-demo", "backend", "8080", 8080), identity);
        Assert.Equal("backend_kuma-demo_svc_8080{mesh=default}", SniFormats.ToTags(identity));
        Assert.Equal("accece0df656574f6.backend.kuma-demo.8080.default.ms", SniFormats.ToHashed(identity));
        Assert.Null(SniFormats.ToKri(identity));
    }

    [Fact]
    public void Forms_OfWhatTheyCannotSay_AreNothing()
    {
        var identity = new ServiceIdentity(ServiceKind.MeshService, "default", "east", "app", "backend", "http", 0);

        Assert.Null(SniFormats.ToHashed(identity));
        Assert.Null(SniFormats.ToTags(identity));
        Assert.Null(SniFormats.ToTags(identity with { Kind = ServiceKind.MeshExternalService, Port = 80 }));
        Assert.Null(SniFormats.ToKri(identity with { Name = "a.b" }));
        Assert.Null(SniFormats.ToKri(identity with { Name = "Backend" }));
        Assert.Null(SniFormats.ToKri(identity with { Mesh = new string('a', 64) }));
        Assert.Null(SniFormats.ToKri(identity with { Mesh = Long, Zone = Long, Namespace = Long, Name = Long }));
    }

    private static string Long => new('a', 63);
}
