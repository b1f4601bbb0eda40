using System.Diagnostics.CodeAnalysis;

namespace Zoneway.MutualTls;

/// <summary>The certificate and the verifier that one TLS configuration comes to now, made anew only when one of its secrets has changed. Any number of threads.</summary>
/// <param name="config">The configuration.</param>
/// <param name="secrets">Where its secrets are.</param>
/// <param name="ofClients">Whether its peers are clients.</param>
/// <param name="needsCertificate">Whether it cannot do without a certificate of its own.</param>
/// <param name="needsTrust">Whether it cannot do without being told whom to trust. Where a secret is to tell, it must in any case.</param>
internal sealed class TlsMaterial(TlsContextConfig config, SecretStore secrets, bool ofClients, bool needsCertificate, bool needsTrust)
{
    private volatile Made? _made;

    /// <summary>The material for a handshake that begins now; false, with the reason, when there is none.</summary>
    public bool TryGet(out TlsCertificate? certificate, [NotNullWhen(true)] out PeerVerifier? verifier, out string problem)
    {
        var ofCertificate = config.CertificateSecrets is [var name, ..] ? secrets.Find(name) : null;
        var ofValidation = config.ValidationSecret.Length > 0 ? secrets.Find(config.ValidationSecret) : null;
        var made = _made;
        if (made is null || !ReferenceEquals(made.OfCertificate, ofCertificate) || !ReferenceEquals(made.OfValidation, ofValidation))
        {
            // Several threads may do so at a time; the results are the same.
            _made = made = Make(ofCertificate, ofValidation);
        }

        (certificate, verifier, problem) = (made.Certificate, made.Verifier, made.Problem);
        return verifier is not null;
    }

    private Made Make(LoadedSecret? ofCertificate, LoadedSecret? ofValidation)
    {
        if ((ofCertificate?.IsUsable == false ? ofCertificate : ofValidation) is { IsUsable: false } unusable)
        {
            return Failed($"the secret '{unusable.Name}' cannot be used: {unusable.Problem}");
        }

        var certificate = ofCertificate?.Certificate;
        if (config.CertificateSecrets is [var name, ..] && certificate is null)
        {
            return Failed(ofCertificate is null ? $"the secret '{name}' has not been delivered" : $"the secret '{name}' holds no certificate");
        }

        if (certificate is null && config.Certificates is [var inline, ..] && !TlsCertificate.TryLoad(inline, out certificate, out var problem))
        {
            return Failed(problem);
        }

        if (certificate is null && needsCertificate)
        {
            return Failed("there is no certificate to show");
        }

        if (config.ValidationSecret.Length > 0 && ofValidation?.Validation is null)
        {
            return Failed(ofValidation is null ? $"the secret '{config.ValidationSecret}' has not been delivered" : $"the secret '{config.ValidationSecret}' does not say whom to trust");
        }

        var validation = config.Validation ?? ValidationContextConfig.Empty;
        validation = ofValidation?.Validation is { } secret ? validation.Merge(secret) : validation;
        if (!validation.NamesTrust && (needsTrust || ofValidation is not null))
        {
            return Failed(ofValidation is null ? "peers must show a certificate, and nothing says whom to trust" : $"the secret '{ofValidation.Name}' does not say whom to trust");
        }

        return PeerVerifier.TryCreate(validation, ofClients, out var verifier, out problem) ? new Made(ofCertificate, ofValidation, certificate, verifier, "") : Failed(problem);

        Made Failed(string why) => new(ofCertificate, ofValidation, null, null, why);
    }

    private sealed record Made(LoadedSecret? OfCertificate, LoadedSecret? OfValidation, TlsCertificate? Certificate, PeerVerifier? Verifier, string Problem);
}
