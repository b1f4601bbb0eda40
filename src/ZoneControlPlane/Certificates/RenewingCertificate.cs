using System.Security.Cryptography;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>A certificate of one identity over time: replaced after two thirds of its life, and when its CA is another one. Used by one task.</summary>
/// <param name="service">Value of <c>kuma.io/service</c>.</param>
/// <param name="tags">Further tags.</param>
/// <param name="lifetime">Life of each certificate.</param>
internal sealed class RenewingCertificate(string service, TagSet tags, TimeSpan lifetime)
{
    /// <summary>The certificate in force; null before the first.</summary>
    public IssuedCertificate? Current { get; private set; }

    /// <summary>Issues a certificate if one is due.</summary>
    /// <returns>Whether <see cref="Current"/> was replaced.</returns>
    /// <exception cref="CryptographicException">The CA has expired; the certificate in force stays.</exception>
    public bool Renew(MeshCertificateAuthority authority, DateTimeOffset now)
    {
        if (Current is { } current && now < current.RenewAt && current.Issuer == authority.Certificate.Thumbprint)
        {
            return false;
        }

        using var certificate = authority.Issue(service, tags, lifetime, now);
        Current = new IssuedCertificate(certificate, authority, now);
        return true;
    }
}
