using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Zoneway.MutualTls.Tests;

/// <summary>Makes certificates as they are asked for, also such as no honest authority would issue. All end with it.</summary>
internal sealed class CertificateForge : IDisposable
{
    private const string SubjectAltName = "2.5.29.17";

    private readonly List<X509Certificate2> _made = [];

    public DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    /// <summary>An authority; without a signer, a root.</summary>
    public X509Certificate2 Authority(string name, X509Certificate2? signer = null, int? pathLength = null) =>
        Make(new CertificatePlan { Subject = name, Signer = signer, IsAuthority = true, PathLength = pathLength });

    /// <summary>A certificate for clients and servers.</summary>
    /// <param name="signer">Who signs it.</param>
    /// <param name="uris">Its URI names.</param>
    public X509Certificate2 Leaf(X509Certificate2 signer, params string[] uris) => Make(new CertificatePlan { Signer = signer, Names = Uris(uris) });

    public X509Certificate2 Make(CertificatePlan plan)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={plan.Subject}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(plan.IsAuthority, plan.PathLength is not null, plan.PathLength ?? 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (plan.Usage is { } usage)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        }

        if (plan.Names is { } names)
        {
            request.CertificateExtensions.Add(new X509Extension(SubjectAltName, names, false));
        }

        if ((plan.Impersonated ?? plan.Signer)?.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } issuerKey)
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuerKey));
        }

        // Not by the overload that takes the issuer's certificate, as it sees to it that the issuer is an authority.
        using var signerKey = plan.Signer?.GetECDsaPrivateKey();
        using var certificate = request.Create(
            plan.Signer?.SubjectName ?? request.SubjectName, X509SignatureGenerator.CreateForECDsa(signerKey ?? key), Now + plan.From, Now + plan.Until, RandomNumberGenerator.GetBytes(8));
        _made.Add(certificate.CopyWithPrivateKey(key));
        return _made[^1];
    }

    /// <summary>A list of URI names.</summary>
    public static byte[] Uris(params string[] uris) => Names([.. uris.Select(uri => (6, Encoding.ASCII.GetBytes(uri)))]);

    /// <summary>A list of names, each with its tag (RFC 5280 §4.2.1.6) and any bytes.</summary>
    public static byte[] Names(params (int Tag, byte[] Value)[] names)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var (tag, value) in names)
            {
                writer.WriteOctetString(value, new Asn1Tag(TagClass.ContextSpecific, tag));
            }
        }

        return writer.Encode();
    }

    public void Dispose() => _made.ForEach(certificate => certificate.Dispose());
}

/// <summary>What a certificate is to be.</summary>
internal sealed record CertificatePlan
{
    public string Subject { get; init; } = "test";

    /// <summary>Who signs it; null for itself.</summary>
    public X509Certificate2? Signer { get; init; }

    public bool IsAuthority { get; init; }

    public int? PathLength { get; init; }

    public TimeSpan From { get; init; } = TimeSpan.FromHours(-1);

    public TimeSpan Until { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The only purpose it is for, as an object identifier; null for any.</summary>
    public string? Usage { get; init; }

    /// <summary>Content of its subjectAltName extension; null for none.</summary>
    public byte[]? Names { get; init; }

    /// <summary>Whose key it says to be signed by; null for the truth.</summary>
    public X509Certificate2? Impersonated { get; init; }
}
