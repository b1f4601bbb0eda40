using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Zoneway.MutualTls;
using SanType = Envoy.Extensions.TransportSockets.Tls.V3.SubjectAltNameMatcher.Types.SanType;
using SubjectAltNameMatcher = Zoneway.MutualTls.SubjectAltNameMatcher;

namespace Zoneway.Xds.Translation.Tls;

/// <summary>CertificateValidationContext to <see cref="ValidationContextConfig"/>. What cannot be verified is an error: nobody may get in because a check was left out.</summary>
internal static class ValidationContextTranslator
{
    // Where distributions keep the CAs of the public web.
    private static readonly string[] SystemBundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

    /// <summary>Translates a context; what is returned must not be used when errors were noted.</summary>
    public static ValidationContextConfig Translate(CertificateValidationContext message, Findings findings)
    {
        findings.RejectUnsafeFieldsWithin();
        NoteUnsupported(message, findings);
        var config = new ValidationContextConfig
        {
            TrustDomains = TranslateTrustDomains(message.CustomValidatorConfig, findings.At("custom_validator_config")),
            SubjectAltNames = TranslateNames(message, findings),
            CertificateHashes = [.. message.VerifyCertificateHash.Select(hash => hash.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant())],
            PublicKeyHashes = [.. message.VerifyCertificateSpki],
            AllowsExpired = message.AllowExpiredCertificate,
            AcceptsUntrusted = message.TrustChainVerification == CertificateValidationContext.Types.TrustChainVerification.AcceptUntrusted,
        };
        return message switch
        {
            { SystemRootCerts: not null } => config with { TrustedCaFile = Array.Find(SystemBundles, File.Exists) ?? SystemBundles[0] },
            { TrustedCa: { SpecifierCase: DataSource.SpecifierOneofCase.Filename } file } => config with { TrustedCaFile = file.Filename },
            { TrustedCa: { } ca } => config with { TrustedCa = ReadCa(ca, findings.At("trusted_ca")) },
            _ => config,
        };
    }

    // Nothing at all is not the same as no CA: it would trust everyone where someone was meant.
    private static string ReadCa(DataSource source, Findings findings) =>
        PemSource.Read(source, findings) is { Length: > 0 } text ? text : ValidationContextConfig.EmptyCa;

    private static void NoteUnsupported(CertificateValidationContext message, Findings findings)
    {
        findings.RejectIf(message.CaCertificateProviderInstance is not null, "ca_certificate_provider_instance", "certificate providers are not available");
        findings.RejectIf(message.Crl is not null, "crl", "revocation lists are not available");
        findings.RejectIf(message.RequireSignedCertificateTimestamp == true, "require_signed_certificate_timestamp", "certificate transparency is not available");
        findings.RejectIf(message.TrustChainVerification > CertificateValidationContext.Types.TrustChainVerification.AcceptUntrusted, "trust_chain_verification", "the way of verification is not known");
        findings.RejectIf(message.MaxVerifyDepth is not null, "max_verify_depth", "the depth of chains cannot be limited");
        findings.IgnoreIf(message.WatchedDirectory is not null, "watched_directory", "files are read when the configuration arrives");
    }

    private static ImmutableArray<SubjectAltNameMatcher> TranslateNames(CertificateValidationContext message, Findings findings)
    {
        var names = ImmutableArray.CreateBuilder<SubjectAltNameMatcher>();
        for (var i = 0; i < message.MatchTypedSubjectAltNames.Count; i++)
        {
            var scope = findings.At("match_typed_subject_alt_names", i);
            var matcher = StringMatcherTranslator.Translate(message.MatchTypedSubjectAltNames[i].Matcher, scope.At("matcher"));
            var kind = TranslateKind(message.MatchTypedSubjectAltNames[i].SanType);
            scope.RejectIf(kind is null, "san_type", $"names of type {message.MatchTypedSubjectAltNames[i].SanType} are not compared");
            if (matcher is not null && kind is { } known)
            {
                names.Add(new SubjectAltNameMatcher(known, matcher));
            }
        }

        for (var i = 0; i < message.MatchSubjectAltNames.Count; i++)
        {
            if (StringMatcherTranslator.Translate(message.MatchSubjectAltNames[i], findings.At("match_subject_alt_names", i)) is { } matcher)
            {
                names.Add(new SubjectAltNameMatcher(SubjectAltNameKind.Any, matcher));
            }
        }

        return names.ToImmutable();
    }

    private static SubjectAltNameKind? TranslateKind(SanType kind) => kind switch
    {
        SanType.Email => SubjectAltNameKind.Email,
        SanType.Dns => SubjectAltNameKind.Dns,
        SanType.Uri => SubjectAltNameKind.Uri,
        SanType.IpAddress => SubjectAltNameKind.IpAddress,
        _ => null,
    };

    private static ImmutableArray<TrustDomainConfig> TranslateTrustDomains(TypedExtensionConfig? validator, Findings findings)
    {
        if (validator is null)
        {
            return [];
        }

        if (ResourceReader.Unpack(validator.TypedConfig ?? new(), SPIFFECertValidatorConfig.Parser, findings, "typed_config") is not { } message)
        {
            return [];
        }

        findings.RejectIf(message.TrustBundles is not null, "typed_config.trust_bundles", "trust bundles in the form of SPIFFE's maps are not available");
        findings.RejectIf(message.TrustDomains.Count == 0, "typed_config.trust_domains", "at least one trust domain is needed");
        var domains = ImmutableArray.CreateBuilder<TrustDomainConfig>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < message.TrustDomains.Count; i++)
        {
            var scope = findings.At("typed_config").At("trust_domains", i);
            var domain = message.TrustDomains[i];
            scope.RejectIf(domain.Name.Length == 0 || !seen.Add(domain.Name), "name", "a trust domain has a name, and only once");
            if (PemSource.Read(domain.TrustBundle, scope.At("trust_bundle")) is { } bundle)
            {
                domains.Add(new TrustDomainConfig(domain.Name, bundle));
            }
        }

        return domains.ToImmutable();
    }
}
