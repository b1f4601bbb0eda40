using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>The built-in CA of one mesh: a self-signed P-256 certificate whose only duty is to sign workload certificates. RFC 5280.</summary>
internal sealed class MeshCertificateAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // Machines whose clock is a little behind must accept what was issued just now.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    private readonly string _mesh;

    /// <param name="mesh">Mesh the CA belongs to.</param>
    /// <param name="certificate">Certificate with its private key; this object disposes it.</param>
    public MeshCertificateAuthority(string mesh, X509Certificate2 certificate) => (_mesh, Certificate) = (mesh, certificate);

    /// <summary>The CA certificate, with private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Certificates that verify the mesh, PEM: this CA's own, and those it takes over from or hands over to while CAs are changed.</summary>
    public string TrustedPem
    {
        get => field ?? Certificate.ExportCertificatePem();
        init;
    }

    /// <summary>Makes a new CA for a mesh, valid for ten years.</summary>
    public static MeshCertificateAuthority Create(string mesh, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(SubjectOf(mesh), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(UriAlternativeNames.Encode([SpiffeId.OfMesh(mesh)], critical: false));
        return new MeshCertificateAuthority(mesh, request.CreateSelfSigned(now - ClockSkew, now + Lifetime));
    }

    /// <summary>Issues a certificate for a workload: URI SANs for the service and each tag, empty subject, usable on both sides of TLS.</summary>
    /// <param name="service">Value of <c>kuma.io/service</c>.</param>
    /// <param name="tags">Further tags of the workload.</param>
    /// <param name="validFor">Lifetime; cut at the end of the CA's own.</param>
    /// <param name="now">Begin of the lifetime, less an allowance for clocks that are behind.</param>
    /// <returns>The certificate with its private key; the caller disposes it.</returns>
    public X509Certificate2 Issue(string service, TagSet tags, TimeSpan validFor, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        var names = tags.With(TagSet.ServiceKey, service).Tags.Select(static tag => SpiffeId.OfTag(tag.Key, tag.Value));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication), new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        if (Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } identifier)
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier));
        }

        // RFC 5280 §4.2.1.6: with an empty subject the alternative names are critical.
        request.CertificateExtensions.Add(UriAlternativeNames.Encode([SpiffeId.OfService(_mesh, service), .. names], critical: true));

        var begin = Later(now - ClockSkew, new DateTimeOffset(Certificate.NotBefore));
        var end = Earlier(now + validFor, new DateTimeOffset(Certificate.NotAfter));
        if (end <= begin || end <= now)
        {
            throw new CryptographicException($"the CA of mesh {_mesh} was valid until {Certificate.NotAfter:u} only");
        }

        using var certificate = Sign(request, begin, end);
        return certificate.CopyWithPrivateKey(key);
    }

    // A CA that was put in place by hand may have an RSA key, where those made here have an ECDSA key.
    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset begin, DateTimeOffset end)
    {
        using var ecdsa = Certificate.GetECDsaPrivateKey();
        using var rsa = Certificate.GetRSAPrivateKey();
        var signer = ecdsa is not null ? X509SignatureGenerator.CreateForECDsa(ecdsa)
            : rsa is not null ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1)
            : throw new CryptographicException($"the CA of mesh {_mesh} has neither an ECDSA nor an RSA key");
        return request.Create(Certificate.SubjectName, signer, begin, end, RandomNumberGenerator.GetBytes(16));
    }

    public void Dispose() => Certificate.Dispose();

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static X500DistinguishedName SubjectOf(string mesh)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName("Zoneway");
        subject.AddOrganizationalUnitName("Mesh");

        // RFC 5280 appendix A.1: a common name has at most 64 characters. The SAN holds the whole name.
        subject.AddCommonName(mesh.Length <= 64 ? mesh : mesh[..64]);
        return subject.Build();
    }
}
