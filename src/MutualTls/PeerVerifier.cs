using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.MutualTls;

/// <summary>Verifies the certificates of peers by one validation context: chain, validity, trust domain, names, hashes. Immutable.</summary>
public sealed class PeerVerifier
{
    private readonly ValidationContextConfig _context;
    private readonly X509Certificate2Collection? _anchors;
    private readonly Dictionary<string, X509Certificate2Collection> _trustDomains;
    private readonly bool _ofClients;

    private PeerVerifier(ValidationContextConfig context, X509Certificate2Collection? anchors, Dictionary<string, X509Certificate2Collection> trustDomains, bool ofClients)
    {
        _context = context;
        _anchors = anchors;
        _trustDomains = trustDomains;
        _ofClients = ofClients;
    }

    /// <summary>The CAs trusted, of all trust domains; null when no chain is verified.</summary>
    public X509Certificate2Collection? Anchors => _anchors;

    /// <summary>Reads a validation context.</summary>
    /// <param name="context">What the control plane said.</param>
    /// <param name="ofClients">Whether the peers are clients rather than servers.</param>
    /// <param name="verifier">The verifier; null on error.</param>
    /// <param name="problem">What is wrong; empty when nothing is.</param>
    public static bool TryCreate(ValidationContextConfig context, bool ofClients, [NotNullWhen(true)] out PeerVerifier? verifier, out string problem)
    {
        verifier = null;
        problem = "";
        try
        {
            var domains = new Dictionary<string, X509Certificate2Collection>(StringComparer.Ordinal);
            foreach (var domain in context.TrustDomains)
            {
                domains[domain.Name] = PemCertificates.Read(domain.TrustBundle);
            }

            var anchors = context.VerifiesChain ? new X509Certificate2Collection() : null;
            if (!context.TrustDomains.IsEmpty)
            {
                foreach (var bundle in domains.Values)
                {
                    anchors!.AddRange(bundle);
                }
            }
            else if (context.TrustedCa.Length > 0)
            {
                anchors!.AddRange(PemCertificates.Read(context.TrustedCa));
            }
            else if (context.TrustedCaFile.Length > 0)
            {
                anchors!.ImportFromPemFile(context.TrustedCaFile);
                problem = anchors.Count == 0 ? $"the file '{context.TrustedCaFile}' holds no certificate in PEM form" : "";
            }

            verifier = problem.Length > 0 ? null : new PeerVerifier(context, anchors, domains, ofClients);
            return verifier is not null;
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            problem = $"the trusted CAs cannot be read: {exception.Message}";
            return false;
        }
    }

    /// <summary>How the chain of a peer's certificate is to be built, for one handshake. Where no chain is verified it is built all the same, and not looked at.</summary>
    public X509ChainPolicy CreateChainPolicy() => TrustAnchors.CreatePolicy(_anchors ?? [], _ofClients);

    /// <summary>Judges the certificate that a peer has shown.</summary>
    /// <param name="certificate">The certificate; null when none was shown.</param>
    /// <param name="chain">Its chain, built by <see cref="CreateChainPolicy"/>.</param>
    /// <param name="errors">What the library found. That a name does not fit the host asked for is not looked at: the context says which names fit.</param>
    /// <param name="isRequired">Whether a peer without a certificate is refused.</param>
    public PeerVerdict Verify(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, bool isRequired)
    {
        if (certificate is null)
        {
            return isRequired ? PeerVerdict.Refuse(PeerRefusal.NoCertificate) : PeerVerdict.Take(PeerIdentity.None);
        }

        var fault = JudgeChain(chain, errors);
        if (fault is { } refusal && _anchors is not null && !_context.AcceptsUntrusted)
        {
            return PeerVerdict.Refuse(refusal);
        }

        if (SubjectAltNames.TryRead(certificate) is not { } names)
        {
            return PeerVerdict.Refuse(PeerRefusal.Untrusted);
        }

        if (_trustDomains.Count > 0 && !IsOfTrustDomain(names, chain))
        {
            return PeerVerdict.Refuse(PeerRefusal.TrustDomain);
        }

        if (!_context.SubjectAltNames.IsEmpty && !FitsName(names))
        {
            return PeerVerdict.Refuse(PeerRefusal.Name);
        }

        if (_context.ListsHashes && !FitsHash(certificate))
        {
            return PeerVerdict.Refuse(PeerRefusal.Hash);
        }

        // Whoever is taken without a CA or a hash to vouch for the certificate may have written any name into it.
        return PeerVerdict.Take(fault is null || _context.ListsHashes ? IdentityOf(certificate, names) : PeerIdentity.None);
    }

    // What is wrong with the chain; null for nothing. Where no CA is trusted, no chain is right.
    private PeerRefusal? JudgeChain(X509Chain? chain, SslPolicyErrors errors)
    {
        if (_anchors is null)
        {
            return PeerRefusal.Untrusted;
        }

        errors = TrustAnchors.Forgive(errors, chain, _anchors);
        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return null;
        }

        var status = X509ChainStatusFlags.NoError;
        foreach (var fault in chain?.ChainStatus ?? [])
        {
            status |= fault.Status;
        }

        if (status == X509ChainStatusFlags.NotTimeValid)
        {
            var isEarly = chain!.ChainElements.Any(element => element.Certificate.NotBefore > chain.ChainPolicy.VerificationTime);
            return isEarly ? PeerRefusal.NotYetValid : _context.AllowsExpired ? null : PeerRefusal.Expired;
        }

        return PeerRefusal.Untrusted;
    }

    // SPIFFE X509-SVID §2: exactly one URI, whose host is the trust domain. The chain must end at a CA of that very domain.
    private bool IsOfTrustDomain(SubjectAltNames names, X509Chain? chain)
    {
        const string Scheme = "spiffe://";
        if (names.Uris is not [var id] || !id.StartsWith(Scheme, StringComparison.Ordinal))
        {
            // Kuma's certificates name their tags as URIs besides: those do not count.
            var ids = names.Uris.Where(uri => uri.StartsWith(Scheme, StringComparison.Ordinal)).ToList();
            if (ids.Count != 1)
            {
                return false;
            }

            id = ids[0];
        }

        var rest = id[Scheme.Length..];
        var domain = rest.IndexOf('/') is >= 0 and var slash ? rest[..slash] : rest;
        return _trustDomains.TryGetValue(domain, out var anchors) && chain is not null && chain.ChainElements.Any(element => TrustAnchors.IsAnchor(element.Certificate, anchors));
    }

    private bool FitsName(SubjectAltNames names)
    {
        foreach (var condition in _context.SubjectAltNames)
        {
            if (names.Fits(condition))
            {
                return true;
            }
        }

        return false;
    }

    private bool FitsHash(X509Certificate2 certificate) =>
        _context.CertificateHashes.Contains(Convert.ToHexString(SHA256.HashData(certificate.RawDataMemory.Span)), StringComparer.OrdinalIgnoreCase)
        || _context.PublicKeyHashes.Contains(Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));

    private static PeerIdentity IdentityOf(X509Certificate2 certificate, SubjectAltNames names) => new()
    {
        UriNames = names.Uris,
        DnsNames = names.DnsNames,
        Subject = certificate.Subject,
        IsAuthenticated = true,
    };
}

/// <summary>What became of a peer's certificate.</summary>
/// <param name="Identity">Who the peer is; null when it was refused.</param>
/// <param name="Refusal">Why it was refused; counts only then.</param>
public readonly record struct PeerVerdict(PeerIdentity? Identity, PeerRefusal Refusal)
{
    /// <summary>Takes the peer.</summary>
    public static PeerVerdict Take(PeerIdentity identity) => new(identity, default);

    /// <summary>Refuses the peer.</summary>
    public static PeerVerdict Refuse(PeerRefusal refusal) => new(null, refusal);
}

/// <summary>Why a peer's certificate is refused.</summary>
public enum PeerRefusal
{
    /// <summary>None was shown, and one is required.</summary>
    NoCertificate,

    /// <summary>Its chain ends at no trusted CA, or is wrong in itself.</summary>
    Untrusted,

    /// <summary>It, or one of its chain, has expired.</summary>
    Expired,

    /// <summary>It, or one of its chain, is not valid yet.</summary>
    NotYetValid,

    /// <summary>It names no trust domain, or its chain does not end at a CA of that domain.</summary>
    TrustDomain,

    /// <summary>None of its names fits.</summary>
    Name,

    /// <summary>Neither its hash nor that of its key is among those taken.</summary>
    Hash,
}
