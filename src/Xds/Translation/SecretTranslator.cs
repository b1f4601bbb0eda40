using Envoy.Extensions.TransportSockets.Tls.V3;
using Zoneway.MutualTls;
using Zoneway.Xds.Resources;
using Zoneway.Xds.Translation.Tls;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.extensions.transport_sockets.tls.v3.Secret to <see cref="LoadedSecret"/>.</summary>
internal static class SecretTranslator
{
    /// <summary>Translates a resource of SDS. No finding carries any of its content.</summary>
    public static TranslationResult<LoadedSecret> Translate(XdsResource resource)
    {
        var findings = new Findings(resource.Name);
        var message = ResourceReader.Read(resource, Secret.Parser, secret => secret.Name, findings);
        var config = message is null ? null : Translate(message, findings);
        var secret = config is null || findings.HasErrors ? null : LoadedSecret.Load(config);
        findings.IgnoreIf(secret?.IsUsable == false, "", $"{secret?.Problem} Who needs it goes on with the one before it, or is refused where there is none");

        return new() { Config = secret, Errors = findings.Errors, Ignored = findings.Ignored, Enforced = findings.Enforced };
    }

    private static SecretConfig? Translate(Secret message, Findings findings)
    {
        switch (message.TypeCase)
        {
            case Secret.TypeOneofCase.TlsCertificate:
                findings.Enforce("tls_certificate", "a certificate with its key");
                return new SecretConfig { Name = message.Name, Certificate = TlsContextTranslator.TranslateCertificate(message.TlsCertificate, findings.At("tls_certificate")) };
            case Secret.TypeOneofCase.ValidationContext:
                findings.Enforce("validation_context", "whom to trust");
                return new SecretConfig { Name = message.Name, Validation = ValidationContextTranslator.Translate(message.ValidationContext, findings.At("validation_context")) };
            case Secret.TypeOneofCase.SessionTicketKeys:
            case Secret.TypeOneofCase.GenericSecret:
                findings.Ignore("", "nothing uses secrets of this kind");
                return new SecretConfig { Name = message.Name };
            default:
                findings.Reject("", "the secret holds nothing that is known");
                return null;
        }
    }
}
