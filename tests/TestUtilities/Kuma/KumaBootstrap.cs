using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Zoneway.Xds.Files;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>The rules of <c>POST /bootstrap</c>: which request gets a document and which error the others get. Protocol §1.1–1.2.</summary>
internal sealed class KumaBootstrap(KumaOptions options, KumaRegistry registry, X509Certificate2 certificate, string trustedCa)
{
    /// <param name="body">As it came.</param>
    /// <param name="host">Host part of the Host header; becomes the XDS host.</param>
    /// <param name="port">Port of this control plane; becomes the XDS port.</param>
    public KumaBootstrapAnswer Answer(string body, string host, int port)
    {
        if (Parse(body) is not { } request)
        {
            return new(400, "");
        }

        var isReloadable = options.IsKubernetes && Text(request, "dataplaneTokenPath").Length > 0;
        if (FindFault(request, host) is { } fault)
        {
            return fault;
        }

        var resource = Text(request, "dataplaneResource");
        var name = resource.Length > 0 ? KumaRegistry.NameOf(resource)! : Text(request, "name");
        return resource.Length > 0 || registry.Contains(name)
            ? new(200, new KumaBootstrapDocument(options.Profile, request, name, host, port, Text(request, "caCert") is { Length: > 0 } ca ? ca : trustedCa).Write(isReloadable))
            : new(404, "");
    }

    private KumaBootstrapAnswer? FindFault(JsonObject request, string host)
    {
        if (Text(request, "proxyType") is "ingress" or "egress" && !options.Profile.ServesZoneProxyTypes)
        {
            return new(422, "unsupported proxy type");
        }

        // Only that a token is there; whether it is good, the stream tells.
        if (options.Tokens is not null && Text(request, "dataplaneToken").Length == 0 && Text(request, "dataplaneTokenPath").Length == 0)
        {
            return new(422, "Dataplane Token is required. Generate token using 'kumactl generate dataplane-token > /path/file' and provide it via --dataplane-token-file=/path/file argument to Kuma DP");
        }

        if (!certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false))
        {
            return new(400, $"A data plane proxy is trying to connect to the control plane using \"{host}\" address, but the certificate in the control plane does not have it among its SANs");
        }

        if (Text(request, "caCert") is { Length: > 0 } ca && !IsAuthority(ca))
        {
            return new(400, "A data plane proxy is trying to verify the control plane using the certificate which is not a certificate authority (basic constraint 'CA' is set to 'false')");
        }

        return Text(request, "dataplaneResource") is { Length: > 0 } resource && FindResourceFault(resource) is { } reason ? new(422, reason) : null;
    }

    private static string? FindResourceFault(string resource)
    {
        try
        {
            var fields = YamlToJson.Parse(resource) as JsonObject;
            return fields?["name"] is null ? "name: cannot be empty" : fields["networking"] is null ? "networking: has to be set" : null;
        }
        catch (YamlFormatException exception)
        {
            return exception.Message;
        }
    }

    private static JsonObject? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsAuthority(string pem)
    {
        try
        {
            using var ca = X509Certificate2.CreateFromPem(pem);
            return ca.Extensions.OfType<X509BasicConstraintsExtension>().Any(static constraints => constraints.CertificateAuthority);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string Text(JsonObject request, string name) => request[name]?.ToString() ?? "";
}
