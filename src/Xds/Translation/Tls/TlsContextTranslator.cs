using System.Collections.Immutable;
using System.Security.Authentication;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Zoneway.MutualTls;
using TlsCertificate = Envoy.Extensions.TransportSockets.Tls.V3.TlsCertificate;
using TlsProtocol = Envoy.Extensions.TransportSockets.Tls.V3.TlsParameters.Types.TlsProtocol;

namespace Zoneway.Xds.Translation.Tls;

/// <summary>DownstreamTlsContext and UpstreamTlsContext to their records (protocol §5.3, §5.6).</summary>
internal static class TlsContextTranslator
{
    /// <summary>TLS towards clients; what is returned must not be used when errors were noted.</summary>
    public static DownstreamTlsConfig? TranslateDownstream(TransportSocket socket, Findings findings)
    {
        findings = findings.At("typed_config");
        if (ResourceReader.Unpack(socket.TypedConfig, DownstreamTlsContext.Parser, findings, "") is not { } message)
        {
            return null;
        }

        findings.RejectUnsafeFieldsWithin();
        findings.RejectIf(message.RequireSni == true, "require_sni", "the filter chain's match says which server names are served");
        findings.RejectIf(message.OcspStaplePolicy == DownstreamTlsContext.Types.OcspStaplePolicy.MustStaple, "ocsp_staple_policy", "OCSP responses are not stapled");
        findings.IgnoreIf(
            message.SessionTicketKeysTypeCase is DownstreamTlsContext.SessionTicketKeysTypeOneofCase.SessionTicketKeys or DownstreamTlsContext.SessionTicketKeysTypeOneofCase.SessionTicketKeysSdsSecretConfig,
            "session_ticket_keys", "session tickets are of this process only");
        findings.IgnoreIf(message.SessionTimeout is not null, "session_timeout", "sessions last as long as the library keeps them; each is verified anew");
        var context = Translate(message.CommonTlsContext ?? new(), findings.At("common_tls_context"));
        findings.RejectIf(context.Certificates.IsEmpty && context.CertificateSecrets.IsEmpty, "common_tls_context", "a certificate is needed");
        var config = new DownstreamTlsConfig
        {
            Context = context,
            RequiresClientCertificate = message.RequireClientCertificate == true,
            ResumesSessions = !message.DisableStatelessSessionResumption,
        };
        findings.Enforce("", $"TLS is ended here ({Versions(context)}): {Certificate(context)}; {(config.RequiresClientCertificate ? "clients must show a certificate" : "clients may show a certificate")}{Trust(context)}");
        return config;
    }

    /// <summary>TLS towards endpoints; what is returned must not be used when errors were noted.</summary>
    public static UpstreamTlsConfig? TranslateUpstream(TransportSocket socket, Findings findings)
    {
        findings = findings.At("typed_config");
        if (ResourceReader.Unpack(socket.TypedConfig, UpstreamTlsContext.Parser, findings, "") is not { } message)
        {
            return null;
        }

        findings.RejectUnsafeFieldsWithin();
        findings.RejectIf(message.AutoHostSni, "auto_host_sni", "the server name has to be given");
        findings.RejectIf(message.AutoSniSanValidation, "auto_sni_san_validation", "the names to be verified have to be given");
        findings.IgnoreIf(message.MaxSessionKeys is not null, "max_session_keys", "the library keeps as many sessions as it likes");
        findings.IgnoreIf(message.EnforceRsaKeyUsage is not null, "enforce_rsa_key_usage", "the library decides");
        var context = Translate(message.CommonTlsContext ?? new(), findings.At("common_tls_context"));
        var config = new UpstreamTlsConfig { Context = context, ServerName = message.Sni, AllowsRenegotiation = message.AllowRenegotiation };
        findings.Enforce("", $"TLS to endpoints ({Versions(context)}), server name '{message.Sni}'{(HasCertificate(context) ? ", with a client certificate" : "")}{Trust(context, ", the endpoint is not verified")}");
        return config;
    }

    private static TlsContextConfig Translate(CommonTlsContext message, Findings findings)
    {
        NoteUnsupported(message, findings);
        var (validation, secret) = TranslateValidation(message, findings);
        return new TlsContextConfig
        {
            Certificates = TranslateCertificates(message, findings),
            CertificateSecrets = TranslateSecrets(message, findings),
            Validation = validation,
            ValidationSecret = secret,
            Protocols = TranslateVersions(message.TlsParams, findings.At("tls_params")),
            ApplicationProtocols = [.. message.AlpnProtocols.Where(name => name.Length is > 0 and < 256)],
        };
    }

    private static void NoteUnsupported(CommonTlsContext message, Findings findings)
    {
        findings.RejectIf(
            message.TlsCertificateProviderInstance is not null || message.TlsCertificateCertificateProvider is not null || message.TlsCertificateCertificateProviderInstance is not null
                || message.ValidationContextCertificateProvider is not null || message.ValidationContextCertificateProviderInstance is not null,
            "tls_certificate_provider_instance", "certificate providers are not available");
        findings.RejectIf(message.CustomTlsCertificateSelector is not null, "custom_tls_certificate_selector", "certificates are not selected");
        findings.RejectIf(message.CustomHandshaker is not null, "custom_handshaker", "the handshake is the library's");
        findings.IgnoreIf(message.KeyLog is not null, "key_log", "keys are never logged");
        findings.IgnoreIf(message.TlsParams is { CipherSuites.Count: > 0 } or { EcdhCurves.Count: > 0 } or { SignatureAlgorithms.Count: > 0 }, "tls_params", "cipher suites, curves and signatures are those of the system's policy");
        findings.RejectIf(message.TlsParams is { CompliancePolicies.Count: > 0 }, "tls_params.compliance_policies", "compliance policies are not available");
        findings.IgnoreIf(message.TlsCertificates.Count + message.TlsCertificateSdsSecretConfigs.Count > 1, "tls_certificates", "only the first certificate is shown");
    }

    private static ImmutableArray<TlsCertificateConfig> TranslateCertificates(CommonTlsContext message, Findings findings)
    {
        var certificates = ImmutableArray.CreateBuilder<TlsCertificateConfig>();
        for (var i = 0; i < message.TlsCertificates.Count; i++)
        {
            var scope = findings.At("tls_certificates", i);
            if (TranslateCertificate(message.TlsCertificates[i], scope) is { } certificate)
            {
                NoteUnusable(MutualTls.TlsCertificate.TryLoad(certificate, out _, out var problem) ? "" : problem, scope);
                certificates.Add(certificate);
            }
        }

        return certificates.ToImmutable();
    }

    /// <summary>A certificate with its key; null, with an error noted, when it cannot be used.</summary>
    public static TlsCertificateConfig? TranslateCertificate(TlsCertificate message, Findings findings)
    {
        findings.RejectIf(message.Pkcs12 is not null, "pkcs12", "PKCS #12 is not available");
        findings.RejectIf(message.PrivateKeyProvider is not null, "private_key_provider", "private key providers are not available");
        findings.RejectIf(message.Password is not null, "password", "encrypted keys are not available");
        findings.IgnoreIf(message.WatchedDirectory is not null, "watched_directory", "files are read when the configuration arrives");
        findings.IgnoreIf(message.OcspStaple is not null, "ocsp_staple", "OCSP responses are not stapled");
        if (PemSource.Read(message.CertificateChain, findings.At("certificate_chain")) is not { } chain || PemSource.Read(message.PrivateKey, findings.At("private_key")) is not { } key)
        {
            return null;
        }

        return new TlsCertificateConfig { CertificateChain = chain, PrivateKey = key };
    }

    private static ImmutableArray<string> TranslateSecrets(CommonTlsContext message, Findings findings)
    {
        for (var i = 0; i < message.TlsCertificateSdsSecretConfigs.Count; i++)
        {
            CheckSource(message.TlsCertificateSdsSecretConfigs[i], findings.At("tls_certificate_sds_secret_configs", i));
        }

        return [.. message.TlsCertificateSdsSecretConfigs.Select(secret => secret.Name)];
    }

    private static (ValidationContextConfig? Validation, string Secret) TranslateValidation(CommonTlsContext message, Findings findings)
    {
        switch (message.ValidationContextTypeCase)
        {
            case CommonTlsContext.ValidationContextTypeOneofCase.ValidationContext:
                return (Check(ValidationContextTranslator.Translate(message.ValidationContext, findings.At("validation_context")), findings), "");
            case CommonTlsContext.ValidationContextTypeOneofCase.ValidationContextSdsSecretConfig:
                CheckSource(message.ValidationContextSdsSecretConfig, findings.At("validation_context_sds_secret_config"));
                return (null, message.ValidationContextSdsSecretConfig.Name);
            case CommonTlsContext.ValidationContextTypeOneofCase.CombinedValidationContext:
                var combined = message.CombinedValidationContext;
                var scope = findings.At("combined_validation_context");
                scope.RejectIf(combined.ValidationContextCertificateProvider is not null || combined.ValidationContextCertificateProviderInstance is not null, "", "certificate providers are not available");
                CheckSource(combined.ValidationContextSdsSecretConfig, scope.At("validation_context_sds_secret_config"));
                return (ValidationContextTranslator.Translate(combined.DefaultValidationContext ?? new(), scope.At("default_validation_context")), combined.ValidationContextSdsSecretConfig?.Name ?? "");
            default:
                return (null, "");
        }
    }

    private static ValidationContextConfig Check(ValidationContextConfig validation, Findings findings)
    {
        NoteUnusable(LoadedSecret.ProblemOf(validation), findings.At("validation_context"));
        return validation;
    }

    // What is said of trust and traffic is understood; only the material is missing. Whoever needs it is refused until it is there, and all the rest of the resource serves on.
    private static void NoteUnusable(string problem, Findings findings) => findings.IgnoreIf(problem.Length > 0, "", $"{problem} Connections that need it are refused until then");

    private static void CheckSource(SdsSecretConfig? secret, Findings findings)
    {
        findings.RejectIf(string.IsNullOrEmpty(secret?.Name), "name", "a secret has a name");
        findings.RejectIf(secret?.SdsConfig is { Path.Length: > 0 } or { PathConfigSource: not null } or { ApiConfigSource: not null }, "sds_config", "secrets can only come from ADS");
    }

    private static SslProtocols TranslateVersions(TlsParameters? message, Findings findings)
    {
        var (minimum, maximum) = (message?.TlsMinimumProtocolVersion ?? TlsProtocol.TlsAuto, message?.TlsMaximumProtocolVersion ?? TlsProtocol.TlsAuto);
        findings.IgnoreIf(minimum is TlsProtocol.Tlsv10 or TlsProtocol.Tlsv11, "tls_minimum_protocol_version", "TLS 1.2 is the lowest version spoken");
        findings.RejectIf(maximum is TlsProtocol.Tlsv10 or TlsProtocol.Tlsv11, "tls_maximum_protocol_version", "TLS 1.2 is the lowest version spoken");
        findings.RejectIf(minimum is < TlsProtocol.TlsAuto or > TlsProtocol.Tlsv13, "tls_minimum_protocol_version", "the version is not known");
        findings.RejectIf(maximum is < TlsProtocol.TlsAuto or > TlsProtocol.Tlsv13, "tls_maximum_protocol_version", "the version is not known");
        findings.RejectIf(minimum == TlsProtocol.Tlsv13 && maximum == TlsProtocol.Tlsv12, "", "the minimum version is above the maximum version");
        return minimum == TlsProtocol.Tlsv13 ? SslProtocols.Tls13
            : maximum == TlsProtocol.Tlsv12 ? SslProtocols.Tls12
            : SslProtocols.Tls12 | SslProtocols.Tls13;
    }

    private static bool HasCertificate(TlsContextConfig context) => !context.Certificates.IsEmpty || !context.CertificateSecrets.IsEmpty;

    private static string Versions(TlsContextConfig context) => context.Protocols switch
    {
        SslProtocols.Tls12 | SslProtocols.Tls13 => "1.2 or 1.3",
        SslProtocols.Tls12 => "1.2",
        _ => "1.3",
    };

    private static string Certificate(TlsContextConfig context) => context.CertificateSecrets is [var name, ..] ? $"certificate of the secret '{name}'" : "certificate given here";

    private static string Trust(TlsContextConfig context, string otherwise = "")
    {
        var names = context.Validation?.SubjectAltNames is { IsDefaultOrEmpty: false } matchers ? $", with {string.Join(" or ", matchers)}" : "";
        return context.ValidationSecret.Length > 0 ? $", verified by the secret '{context.ValidationSecret}'{names}"
            : context.Validation?.VerifiesChain == true ? $", verified by {(context.Validation.TrustedCaFile.Length > 0 ? context.Validation.TrustedCaFile : "the CAs given here")}{names}"
            : names.Length > 0 ? names
            : otherwise;
    }
}
