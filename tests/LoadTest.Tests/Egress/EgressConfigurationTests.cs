using System.Text.Json.Nodes;
using Zoneway.LoadTest.Egress;
using Zoneway.LoadTest.Egress.Contenders;

namespace Zoneway.LoadTest.Tests.Egress;

public sealed class EgressConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zoneway-test-");
    private readonly EgressSetup _setup;

    public EgressConfigurationTests()
    {
        BenchCertificates.Write(_directory.FullName);
        _setup = new EgressSetup(Ports(1000), Ports(2000), _directory.FullName, _directory.FullName, 4096);
    }

    [Fact]
    public void Certificates_OfBothKinds_AreLoadedWithTheirKeys()
    {
        foreach (var owner in new[] { "proxy", "client", "backend" })
        {
            using var ecdsa = BenchCertificates.Of(_directory.FullName, KeyKind.Ecdsa).Load(owner);
            using var rsa = BenchCertificates.Of(_directory.FullName, KeyKind.Rsa).Load(owner);

            Assert.True(ecdsa.HasPrivateKey && rsa.HasPrivateKey);
            Assert.Equal(("1.2.840.10045.2.1", "1.2.840.113549.1.1.1"), (ecdsa.PublicKey.Oid.Value, rsa.PublicKey.Oid.Value));
        }
    }

    [Fact]
    public void Nginx_EveryService_HasItsServerAndAsksForACertificate()
    {
        var text = NginxEgress.Configuration(_setup, "/modules/stream.so");

        Assert.StartsWith("load_module /modules/stream.so;", text, StringComparison.Ordinal);
        Assert.Equal(EgressService.All.Count, Count(text, "ssl_verify_client on;"));
        Assert.Equal(EgressService.All.Count(service => service.IsUpstreamTls), Count(text, "proxy_ssl_verify on;"));
        Assert.All(EgressService.All, service => Assert.Contains($"listen 127.0.0.1:{_setup.Port(service)} ssl", text, StringComparison.Ordinal));
        Assert.All(EgressService.All, service => Assert.Contains($"127.0.0.1:{_setup.Backend(service)};", text, StringComparison.Ordinal));
        Assert.Equal(Count(text, "{"), Count(text, "}"));
    }

    [Fact]
    public void Haproxy_EveryService_HasItsListenerAndAsksForACertificate()
    {
        var text = HaproxyEgress.Configuration(_setup);

        Assert.Equal(EgressService.All.Count, Count(text, "verify required") - EgressService.All.Count(service => service.IsUpstreamTls));
        Assert.All(EgressService.All, service => Assert.Contains($"bind 127.0.0.1:{_setup.Port(service)} ", text, StringComparison.Ordinal));
        Assert.All(EgressService.All, service => Assert.Contains($"server s 127.0.0.1:{_setup.Backend(service)}", text, StringComparison.Ordinal));
    }

    [Fact]
    public void ZoneEgress_EveryService_HasAListenerThatEndsMutualTls()
    {
        var resources = ZoneEgressResources.Write(_setup)["resources"]!.AsArray();

        Assert.Equal(2 * EgressService.All.Count, resources.Count);
        foreach (var listener in resources.Select(entry => entry!["resource"]!).Where(resource => resource["filterChains"] is not null))
        {
            var tls = listener["filterChains"]![0]!["transportSocket"]!["typedConfig"]!;
            Assert.True(tls["requireClientCertificate"]!.GetValue<bool>());
            Assert.Contains("BEGIN CERTIFICATE", tls["commonTlsContext"]!["validationContext"]!["trustedCa"]!["inlineString"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        Assert.Equal(EgressService.All.Count(service => service.IsUpstreamTls), resources.Count(HasUpstreamTls));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static bool HasUpstreamTls(JsonNode? entry) => entry!["resource"]!["transportSocketMatches"] is not null;

    private static Dictionary<string, int> Ports(int first) =>
        EgressService.All.Select((service, i) => (service.Name, Port: first + i)).ToDictionary(entry => entry.Name, entry => entry.Port);

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
