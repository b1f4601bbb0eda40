using System.Net.Security;
using System.Security.Authentication;
using Zoneway.MutualTls;

namespace Zoneway.Xds.Bootstrap;

/// <summary>TLS of the bootstrap request: TLS 1.2 or newer, the given CA or the system's, no client certificate. Protocol §1.1.</summary>
internal static class BootstrapTls
{
    /// <exception cref="System.Security.Cryptography.CryptographicException">The CA given holds no certificate.</exception>
    public static SslClientAuthenticationOptions Create(BootstrapClientOptions options)
    {
        var trusted = options.TrustedCa is null ? null : PemCertificates.Read(options.TrustedCa);
        return new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = TrustAnchors.CreatePolicy(trusted),
            RemoteCertificateValidationCallback = (_, _, chain, errors) =>
                options.SkipVerify || TrustAnchors.Forgive(errors, chain, trusted) == SslPolicyErrors.None,
        };
    }
}
