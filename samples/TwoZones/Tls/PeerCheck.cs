using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.TwoZones.Tls;

/// <summary>Decides whether a peer is who it must be.</summary>
internal static class PeerCheck
{
    /// <summary>Looks at what TLS found out about a peer.</summary>
    /// <param name="peer">Its certificate; null when it sent none.</param>
    /// <param name="chain">The chain that was built to the mesh's CA.</param>
    /// <param name="errors">What is wrong. The name is not looked at: workload certificates carry SPIFFE ids and no DNS names.</param>
    /// <param name="isExpected">Whether a SPIFFE id is one that the peer may have.</param>
    /// <returns>Why the peer is not trusted, in words; null when it is.</returns>
    public static string? FindFault(X509Certificate? peer, X509Chain? chain, SslPolicyErrors errors, Func<string, bool> isExpected)
    {
        if (peer is not X509Certificate2 certificate)
        {
            return "it has no certificate";
        }

        var ids = SpiffeIds.Of(certificate);
        var name = string.Join(", ", ids);
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return $"{name} is not certified by this mesh's CA: {string.Join(", ", chain?.ChainStatus.Select(static status => status.Status) ?? [])}";
        }

        return ids.Any(isExpected) ? null : $"{name} is somebody else";
    }
}
