using System.Security.Cryptography;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>
/// A certificate of one identity over time: replaced after two thirds of its life, when its CA is another one, and when the clock was set
/// back to before its beginning. Used by one task.
/// </summary>
/// <param name="service">Value of <c>kuma.io/service</c>.</param>
/// <param name="tags">Further tags.</param>
/// <param name="lifetime">Life of each certificate.</param>
internal sealed class RenewingCertificate(string service, TagSet tags, TimeSpan lifetime)
{
    /// <summary>The certificate in force; null before the first.</summary>
    public IssuedCertificate? Current { get; private set; }

    /// <summary>Time after which what has failed is tried again: a tenth of the life, from a second to a minute, so that several attempts fit between renewal and end.</summary>
    public TimeSpan RetryInterval { get; } = TimeSpan.FromSeconds(Math.Clamp(lifetime.TotalSeconds / 10, 1, 60));

    /// <summary>Issues a certificate if one is due.</summary>
    /// <returns>Whether <see cref="Current"/> was replaced.</returns>
    /// <exception cref="CryptographicException">The CA has expired; the certificate in force stays.</exception>
    public bool Renew(MeshCertificateAuthority authority, DateTimeOffset now)
    {
        if (Current is { } current && !IsDue(current, now) && current.Issuer == authority.Certificate.Thumbprint)
        {
            return false;
        }

        using var certificate = authority.Issue(service, tags, lifetime, now);
        Current = new IssuedCertificate(certificate, authority, now);
        return true;
    }

    // A certificate that begins after the clock's time although it was issued in it comes from a CA that does so, and a new one would too.
    private static bool IsDue(IssuedCertificate current, DateTimeOffset now) =>
        now >= current.RenewAt || (now < current.Begin && now < current.IssuedAt);
}
