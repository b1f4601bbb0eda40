using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.MutualTls;

/// <summary>
/// Certificates named as trusted, each of them an anchor of its own as in Go and Envoy: the server's certificate itself or an intermediate
/// will do, where .NET asks for a root. Kuma's control plane hands out its own certificate when it was told of no CA (protocol §1.3).
/// </summary>
public static class TrustAnchors
{
    // RFC 5280 §4.2.1.12: id-kp-serverAuth and id-kp-clientAuth.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>How chains of peers' certificates are built: no revocation checks, no downloads. To be used for one handshake only, as the peer's own certificates are added to it.</summary>
    /// <param name="anchors">The only certificates trusted. Null: the system's roots.</param>
    /// <param name="ofClients">Whether the peers are clients rather than servers.</param>
    public static X509ChainPolicy CreatePolicy(X509Certificate2Collection? anchors, bool ofClients = false)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(new Oid(ofClients ? ClientAuthentication : ServerAuthentication));
        if (anchors is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(anchors);
        }

        return policy;
    }

    /// <summary>Takes the fault of a chain away that leads to an anchor which is no root and has no other fault. Names are not looked at.</summary>
    /// <param name="errors">What is wrong with the server's certificate.</param>
    /// <param name="chain">Its chain, built by the policy above.</param>
    /// <param name="anchors">The certificates trusted. Null: the system's roots, which leave nothing to decide here.</param>
    public static SslPolicyErrors Forgive(SslPolicyErrors errors, X509Chain? chain, X509Certificate2Collection? anchors) =>
        errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && chain is not null && anchors is not null && LeadsToAnchor(chain, anchors)
            ? errors & ~SslPolicyErrors.RemoteCertificateChainErrors
            : errors;

    // The chain may go on above the anchor, to a root that nobody trusts or to nothing; that is the only fault forgiven. Expired, wrongly
    // signed, for another purpose: each is a status of its own, wherever in the chain.
    private static bool LeadsToAnchor(X509Chain chain, X509Certificate2Collection anchors)
    {
        const X509ChainStatusFlags Forgivable = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;
        return Array.TrueForAll(chain.ChainStatus, status => (status.Status & ~Forgivable) == X509ChainStatusFlags.NoError)
            && chain.ChainElements.Any(element => IsAnchor(element.Certificate, anchors));
    }

    // Byte by byte: the framework's own equality compares issuer and serial number only, which anyone can copy.
    internal static bool IsAnchor(X509Certificate2 certificate, X509Certificate2Collection anchors) =>
        anchors.Any(anchor => anchor.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));
}
