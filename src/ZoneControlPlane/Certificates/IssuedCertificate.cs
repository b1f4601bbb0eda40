using System.Security.Cryptography.X509Certificates;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>A certificate with its key, as text, and when it is to be replaced.</summary>
/// <remarks>A class rather than a record: nothing may print the key by accident.</remarks>
internal sealed class IssuedCertificate
{
    /// <summary>Takes a certificate with its private key, which may be disposed of afterwards.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="authority">CA that issued it.</param>
    /// <param name="now">When that was.</param>
    public IssuedCertificate(X509Certificate2 certificate, MeshCertificateAuthority authority, DateTimeOffset now)
    {
        CertificatePem = certificate.ExportCertificatePem();
        KeyPem = PemFiles.ExportKey(certificate);
        Issuer = authority.Certificate.Thumbprint;
        Begin = new DateTimeOffset(certificate.NotBefore);
        End = new DateTimeOffset(certificate.NotAfter);
        IssuedAt = now;
        RenewAt = now + ((End - now) * 2 / 3);
    }

    public string CertificatePem { get; }

    public string KeyPem { get; }

    /// <summary>Thumbprint of the CA.</summary>
    public string Issuer { get; }

    /// <summary>When it was issued, by the clock of that time.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>When it begins to be valid: before it was issued, to allow for clocks that are behind.</summary>
    public DateTimeOffset Begin { get; }

    /// <summary>When it is no longer valid.</summary>
    public DateTimeOffset End { get; }

    /// <summary>When two thirds of its life are over.</summary>
    public DateTimeOffset RenewAt { get; }
}
