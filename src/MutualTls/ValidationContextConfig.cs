using System.Collections.Immutable;

namespace Zoneway.MutualTls;

/// <summary>How a peer's certificate is verified (CertificateValidationContext). With nothing given, any certificate is taken.</summary>
public sealed record ValidationContextConfig
{
    /// <summary>Nothing is verified.</summary>
    public static ValidationContextConfig Empty { get; } = new();

    /// <summary>A <see cref="TrustedCa"/> that is given and has nothing in it. It cannot be used, as any other text without a certificate.</summary>
    public const string EmptyCa = "\n";

    /// <summary>PEM of the CAs that a chain must end at; empty for none.</summary>
    public string TrustedCa { get; init; } = "";

    /// <summary>A file with such CAs on this machine (protocol §5.6); empty for none.</summary>
    public string TrustedCaFile { get; init; } = "";

    /// <summary>The CAs of each SPIFFE trust domain (SPIFFECertValidatorConfig); when given, a peer is verified against those of its own domain only.</summary>
    public ImmutableArray<TrustDomainConfig> TrustDomains { get; init; } = [];

    /// <summary>Conditions on names, of which one must hold; empty for none.</summary>
    public ImmutableArray<SubjectAltNameMatcher> SubjectAltNames { get; init; } = [];

    /// <summary>SHA-256 of the certificates taken, as upper case hexadecimal digits; empty takes any.</summary>
    public ImmutableArray<string> CertificateHashes { get; init; } = [];

    /// <summary>SHA-256 of the public keys (SPKI) taken, as base64; empty takes any. One of these or of <see cref="CertificateHashes"/> is enough.</summary>
    public ImmutableArray<string> PublicKeyHashes { get; init; } = [];

    /// <summary>Whether certificates that have expired are taken.</summary>
    public bool AllowsExpired { get; init; }

    /// <summary>Whether a chain that ends at no trusted CA is taken (ACCEPT_UNTRUSTED).</summary>
    public bool AcceptsUntrusted { get; init; }

    /// <summary>Whether a chain has to end at some CA.</summary>
    public bool VerifiesChain => TrustedCa.Length > 0 || TrustedCaFile.Length > 0 || !TrustDomains.IsEmpty;

    /// <summary>Whether only certificates listed by hash are taken.</summary>
    public bool ListsHashes => !CertificateHashes.IsEmpty || !PublicKeyHashes.IsEmpty;

    /// <summary>Whether it says whom to trust, be it everyone. Names alone do not: anyone may write them into a certificate.</summary>
    public bool NamesTrust => VerifiesChain || ListsHashes || AcceptsUntrusted;

    /// <summary>The two together, as combined_validation_context has it: lists are joined, of other values those of <paramref name="secret"/> win where it has any.</summary>
    public ValidationContextConfig Merge(ValidationContextConfig secret) => new()
    {
        TrustedCa = secret.TrustedCa.Length > 0 || secret.TrustedCaFile.Length > 0 ? secret.TrustedCa : TrustedCa,
        TrustedCaFile = secret.TrustedCa.Length > 0 || secret.TrustedCaFile.Length > 0 ? secret.TrustedCaFile : TrustedCaFile,
        TrustDomains = secret.TrustDomains.IsEmpty ? TrustDomains : secret.TrustDomains,
        SubjectAltNames = SubjectAltNames.AddRange(secret.SubjectAltNames),
        CertificateHashes = CertificateHashes.AddRange(secret.CertificateHashes),
        PublicKeyHashes = PublicKeyHashes.AddRange(secret.PublicKeyHashes),
        AllowsExpired = AllowsExpired || secret.AllowsExpired,
        AcceptsUntrusted = AcceptsUntrusted || secret.AcceptsUntrusted,
    };
}

/// <summary>A SPIFFE trust domain.</summary>
/// <param name="Name">Its name, such as <c>prod.east.mesh.local</c>.</param>
/// <param name="TrustBundle">PEM of its CAs.</param>
public sealed record TrustDomainConfig(string Name, string TrustBundle);
