using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.MutualTls;

/// <summary>A certificate with its key, ready for handshakes. Immutable; handshakes that use it keep it, whatever comes after it.</summary>
public sealed class TlsCertificate
{
    private TlsCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        Leaf = leaf;
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    /// <summary>The certificate.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>The certificate with its chain, as handshakes take it. The library keeps sessions with it, so another certificate never resumes them.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>What peers need who resume such a session.</summary>
    internal KnownIntermediates PeerIntermediates { get; } = new();

    /// <summary>Whether it is valid at a time; if not, why.</summary>
    public bool IsValidAt(DateTimeOffset time, out string problem)
    {
        var utc = time.UtcDateTime;
        problem = utc > Leaf.NotAfter.ToUniversalTime() ? $"the certificate expired at {Leaf.NotAfter.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'}"
            : utc < Leaf.NotBefore.ToUniversalTime() ? $"the certificate is not valid before {Leaf.NotBefore.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'}"
            : "";
        return problem.Length == 0;
    }

    /// <summary>Reads certificate and key.</summary>
    /// <param name="config">What the control plane said.</param>
    /// <param name="certificate">The certificate; null on error.</param>
    /// <param name="problem">What is wrong, never with any of the content; empty when nothing is.</param>
    public static bool TryLoad(TlsCertificateConfig config, [NotNullWhen(true)] out TlsCertificate? certificate, out string problem)
    {
        certificate = null;
        problem = "";
        try
        {
            var chain = PemCertificates.Read(config.CertificateChain);
            chain.RemoveAt(0);
            certificate = new TlsCertificate(X509Certificate2.CreateFromPem(config.CertificateChain, config.PrivateKey), chain);
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            // Messages of these exceptions name forms, never bytes.
            problem = $"the certificate or its key cannot be used: {exception.Message}";
            return false;
        }
    }
}
