using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.MutualTls;

/// <summary>
/// The certificates in between that verified peers have sent, the latest ones. A session's ticket holds the peer's own certificate only, so without them no peer that has one in between
/// could resume. They are trusted no more than what a peer sends: they help to find a chain, which must be right all the same. Any number of threads.
/// </summary>
internal sealed class KnownIntermediates
{
    /// <summary>Most that are kept. A mesh has a handful.</summary>
    public const int Most = 64;

    private ImmutableArray<X509Certificate2> _known = [];

    /// <summary>How many there are.</summary>
    public int Count => _known.Length;

    /// <summary>Lets a chain be built with them.</summary>
    public void AddTo(X509ChainPolicy policy)
    {
        foreach (var certificate in _known)
        {
            policy.ExtraStore.Add(certificate);
        }
    }

    /// <summary>Keeps those of a chain that was found right.</summary>
    /// <param name="chain">The chain. What is kept are copies, as the chain's own certificates end with it.</param>
    /// <param name="anchors">Where it may end: these are there in any case.</param>
    public void Remember(X509Chain chain, X509Certificate2Collection anchors)
    {
        foreach (var element in chain.ChainElements.Skip(1))
        {
            if (!TrustAnchors.IsAnchor(element.Certificate, anchors) && !Has(element.Certificate))
            {
                var copy = X509CertificateLoader.LoadCertificate(element.Certificate.RawDataMemory.Span);
                ImmutableInterlocked.Update(ref _known, static (known, added) => (known.Length < Most ? known : known.RemoveAt(0)).Add(added), copy);
            }
        }
    }

    private bool Has(X509Certificate2 certificate)
    {
        foreach (var known in _known)
        {
            if (known.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))
            {
                return true;
            }
        }

        return false;
    }
}
