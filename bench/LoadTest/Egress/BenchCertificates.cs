using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.LoadTest.Egress;

/// <summary>
/// An authority and what it issues to proxy, client and back end, as PEM files in a directory that all processes of a run read: <c>ca.pem</c>, and for each of
/// <c>proxy</c>, <c>client</c> and <c>backend</c> a <c>.pem</c>, a <c>.key</c>, and both in one as <c>.both</c> for HAProxy.
/// </summary>
/// <param name="directory">Where the files are.</param>
internal sealed class BenchCertificates(string directory)
{
    private const int RsaBits = 2048;
    private static readonly OidCollection Usages = [new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")];

    /// <summary>Path of the authority's certificate.</summary>
    public string Authority => Path.Combine(directory, "ca.pem");

    public string Certificate(string owner) => Path.Combine(directory, $"{owner}.pem");

    public string Key(string owner) => Path.Combine(directory, $"{owner}.key");

    /// <summary>Path of certificate and key in one file.</summary>
    public string Both(string owner) => Path.Combine(directory, $"{owner}.both");

    /// <summary>The files of a kind of keys below a directory.</summary>
    public static BenchCertificates Of(string root, KeyKind kind) => new(Path.Combine(root, kind.ToString()));

    /// <summary>Makes the files of both kinds.</summary>
    public static void Write(string root)
    {
        foreach (var kind in Enum.GetValues<KeyKind>())
        {
            Of(root, kind).Write(kind);
        }
    }

    /// <summary>Loads a certificate with its key, and sees to it that SslStream takes it.</summary>
    public X509Certificate2 Load(string owner) => X509Certificate2.CreateFromPemFile(Certificate(owner), Key(owner));

    private void Write(KeyKind kind)
    {
        Directory.CreateDirectory(directory);
        var from = TimeProvider.System.GetUtcNow().AddHours(-1);
        using var key = MakeKey(kind);
        var request = Request("CN=bench authority", key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(from, from.AddDays(2));
        File.WriteAllText(Authority, authority.ExportCertificatePem());
        Issue(authority, kind, "proxy", EgressService.ServerName, "spiffe://bench/zone-egress");
        Issue(authority, kind, "client", "client.test", "spiffe://bench/client");
        Issue(authority, kind, "backend", EgressService.BackendName, "spiffe://outside/backend");
    }

    private void Issue(X509Certificate2 authority, KeyKind kind, string owner, string name, string identity)
    {
        using var key = MakeKey(kind);
        var request = Request($"CN={name}", key);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddUri(new Uri(identity));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(Usages, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var certificate = request.Create(authority, new DateTimeOffset(authority.NotBefore), new DateTimeOffset(authority.NotAfter), RandomNumberGenerator.GetBytes(8));
        var (chain, secret) = (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllText(Certificate(owner), chain);
        File.WriteAllText(Key(owner), secret);
        File.WriteAllText(Both(owner), chain + secret);
    }

    private static AsymmetricAlgorithm MakeKey(KeyKind kind) => kind == KeyKind.Rsa ? RSA.Create(RsaBits) : ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static CertificateRequest Request(string subject, AsymmetricAlgorithm key) => key is RSA rsa
        ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
}
