using Envoy.Extensions.TransportSockets.Tls.V3;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Translation;

/// <summary>Checks envoy.extensions.transport_sockets.tls.v3.Secret. Secrets are kept as they are until something uses them.</summary>
internal static class SecretTranslator
{
    /// <summary>Checks a resource of SDS. No finding carries any of its content.</summary>
    public static TranslationResult<XdsResource> Translate(XdsResource resource)
    {
        var findings = new Findings(resource.Name);
        var message = ResourceReader.Read(resource, Secret.Parser, secret => secret.Name, findings);
        return new() { Config = message is null ? null : resource, Errors = findings.Errors, Ignored = findings.Ignored };
    }
}
