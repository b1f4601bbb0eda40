using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>
/// Checks the certificates and keys of a resource where they enter: a proxy that finds them unusable can only refuse connections. What
/// they are is never part of a finding.
/// </summary>
internal static class KeyMaterial
{
    /// <summary>Reports a CA that is no certificate, a client certificate without its key, and a key that is not that certificate's.</summary>
    /// <param name="fields">The mapping they stand in, for the findings.</param>
    /// <param name="tls">What was read.</param>
    public static void Check(ResourceFields fields, UpstreamTls tls)
    {
        if (tls.CaCertificate is { } authority && !HasCertificate(authority))
        {
            fields.Warn("caCert", "has no certificate in PEM form: nothing can be verified with it, so no connection will be made");
        }

        if (tls.ClientCertificate is null != tls.ClientKey is null)
        {
            fields.Error("clientCert and clientKey go together");
        }
        else if (tls is { ClientCertificate: { } certificate, ClientKey: { } key } && !IsPair(certificate, key))
        {
            fields.Error("clientKey", "is not the key of the first certificate in clientCert, both in PEM form and the key not encrypted");
        }
    }

    private static bool HasCertificate(ReadOnlyMemory<byte> pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(pem.Span));
            return certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }

    private static bool IsPair(ReadOnlyMemory<byte> certificate, ReadOnlyMemory<byte> key)
    {
        try
        {
            X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(certificate.Span), Encoding.UTF8.GetString(key.Span)).Dispose();
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
