using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.MutualTls;

/// <summary>Reads certificates in PEM form.</summary>
public static class PemCertificates
{
    /// <summary>All certificates of a text, in order.</summary>
    /// <exception cref="CryptographicException">There is none, or one cannot be read.</exception>
    public static X509Certificate2Collection Read(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates.Count > 0 ? certificates : throw new CryptographicException("The text holds no certificate in PEM form.");
    }
}
