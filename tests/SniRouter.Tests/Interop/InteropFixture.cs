using System.Security.Cryptography.X509Certificates;
using Zoneway.SniRouter.Tests.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Interop;

/// <summary>A proxy in front of a back end with mutual TLS, and the certificates of a client, in memory and as PEM files.</summary>
internal sealed class InteropFixture : IAsyncDisposable
{
    /// <summary>What Kuma's sidecars send: not a DNS name.</summary>
    public const string ServerName = "backend{mesh=default}";

    /// <summary>The DNS name in the back end's certificate, for clients that insist on checking one.</summary>
    public const string CertificateName = "backend.test";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zoneway-interop-");
    private readonly TestCertificates _authority = new();
    private readonly X509Certificate2 _serverCertificate;
    private readonly MutualTlsUpstream _upstream;

    private InteropFixture(ProxyUnderTest proxy)
    {
        Proxy = proxy;
        _serverCertificate = _authority.Issue(CertificateName, "spiffe://default/backend");
        ClientCertificate = _authority.Issue("spiffe://default/web");
        _upstream = new MutualTlsUpstream(_authority, _serverCertificate);
        File.WriteAllText(AuthorityFile, _authority.Authority.ExportCertificatePem());
        File.WriteAllText(CertificateFile, ClientCertificate.ExportCertificatePem());
        using var key = ClientCertificate.GetECDsaPrivateKey()!;
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public ProxyUnderTest Proxy { get; }

    public X509Certificate2 ClientCertificate { get; }

    public X509Certificate2Collection Roots => _authority.Roots;

    public string AuthorityFile => FileNamed("authority.pem");

    public string CertificateFile => FileNamed("client.pem");

    public string KeyFile => FileNamed("client.key");

    public static async Task<InteropFixture> StartAsync(PathUnderTest path)
    {
        var fixture = new InteropFixture(await ProxyUnderTest.StartAsync(path));
        await fixture.Proxy.ApplyAsync(new()
        {
            Clusters = [ProxyConfigs.ClusterOf(fixture._upstream.Address)],
            Listeners = [ProxyConfigs.ListenerOf(ProxyConfigs.Chain(ProxyConfigs.ProxyTo(), ServerName))],
        });
        return fixture;
    }

    /// <summary>What the back end answers to a line.</summary>
    public static string Answer(string version, string line, string serverName = ServerName) => $"{serverName}|{version}|CN=test|{line}";

    public string FileNamed(string name) => Path.Combine(_directory.FullName, name);

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await _upstream.DisposeAsync();
        ClientCertificate.Dispose();
        _serverCertificate.Dispose();
        _authority.Dispose();
        _directory.Delete(recursive: true);
    }
}
