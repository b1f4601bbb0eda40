using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.Xds.Bootstrap;

/// <summary>TLS of the bootstrap request: TLS 1.2 or newer, the given CA or the system's, no client certificate. Protocol §1.1.</summary>
internal static class BootstrapTls
{
    // RFC 5280 §4.2.1.12: id-kp-serverAuth.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <exception cref="System.Security.Cryptography.CryptographicException">The CA given holds no certificate.</exception>
    public static SslClientAuthenticationOptions Create(BootstrapClientOptions options)
    {
        var trusted = options.TrustedCa is null ? null : PemCertificates.Read(options.TrustedCa);
        return new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                options.SkipVerify || (certificate is X509Certificate2 leaf && IsTrusted(leaf, chain, errors, trusted)),
        };
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509Chain? presented, SslPolicyErrors errors, X509Certificate2Collection? trusted) =>
        !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
        && (trusted is null ? errors == SslPolicyErrors.None : EndsInTrusted(certificate, presented, trusted));

    private static bool EndsInTrusted(X509Certificate2 certificate, X509Chain? presented, X509Certificate2Collection trusted)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new(ServerAuthentication));
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }

        // A certificate named as trusted is an anchor even if another one signed it, as in Go and Envoy: some hand out the server certificate itself.
        return chain.Build(certificate)
            || (chain.ChainStatus.All(status => status.Status is X509ChainStatusFlags.PartialChain) && trusted.Contains(chain.ChainElements[^1].Certificate));
    }
}
