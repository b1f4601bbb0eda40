using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Snapshots;

namespace Zoneway.ZoneControlPlane.Bootstrap;

/// <summary>Decides what a bootstrap request gets. Protocol §1.2.</summary>
/// <param name="catalog">Where proxies without an own resource are looked up.</param>
/// <param name="serverCertificate">Certificate of this server; null when it serves without TLS.</param>
/// <param name="serverChain">Certificates sent along with it; null for none.</param>
/// <param name="requiresToken">Whether a proxy has to show that it has a token; whether it is good, the xDS stream tells.</param>
internal sealed class BootstrapService(CatalogSource catalog, X509Certificate2? serverCertificate, X509Certificate2Collection? serverChain, bool requiresToken = false)
{
    /// <summary>Admin port of a proxy whose resource names none.</summary>
    public const int DefaultAdminPort = 9901;

    /// <summary>Answers a request.</summary>
    /// <param name="request">The body.</param>
    /// <param name="host">Host the request was sent to, without port.</param>
    /// <param name="port">Port this server listens on.</param>
    public BootstrapAnswer Answer(BootstrapRequest request, string host, int port)
    {
        if (ReadKind(request.ProxyType) is not { } kind)
        {
            return BootstrapAnswer.Invalid("proxyType must be ingress or egress: this control plane serves no other proxies");
        }

        if (requiresToken && string.IsNullOrEmpty(request.DataplaneToken) && string.IsNullOrEmpty(request.DataplaneTokenPath))
        {
            return BootstrapAnswer.Invalid("a zone token is required: make one with 'kumactl generate zone-token' and give it with --dataplane-token-file");
        }

        if (FindHostFault(request, host) is { } fault)
        {
            return BootstrapAnswer.BadRequest(fault);
        }

        if (!TryFindResource(request, kind, out var resource, out var error))
        {
            return error is null ? BootstrapAnswer.NotFound : BootstrapAnswer.Invalid(error);
        }

        var adminPort = resource is ZoneIngressResource ingress ? ingress.AdminPort : ((ZoneEgressResource)resource!).AdminPort;
        return BootstrapAnswer.Good(BootstrapDocument.Write(request, new BootstrapTarget(resource!.Name, adminPort ?? DefaultAdminPort, host, port, FindTrustedCa(request))));
    }

    // A proxy that names no CA gets what this server presents, as Kuma hands out its own certificate file.
    private string? FindTrustedCa(BootstrapRequest request) =>
        serverCertificate is null ? null
        : !string.IsNullOrEmpty(request.CaCert) ? request.CaCert
        : string.Join('\n', (serverChain ?? []).Prepend(serverCertificate).Select(static certificate => certificate.ExportCertificatePem()));

    private static ProxyKind? ReadKind(string? proxyType) => proxyType switch
    {
        "ingress" => ProxyKind.Ingress,
        "egress" => ProxyKind.Egress,
        _ => null,
    };

    private bool TryFindResource(BootstrapRequest request, ProxyKind kind, out Resource? resource, out string? error)
    {
        error = null;
        var current = catalog.Current;
        if (!string.IsNullOrEmpty(request.DataplaneResource))
        {
            resource = EmbeddedResource.Read(request.DataplaneResource, kind, current.Zone, out error);
            if (resource is not null && !string.IsNullOrEmpty(request.Name) && request.Name != resource.Name)
            {
                error = $"the resource is named {resource.Name}, the request says {request.Name}";
                resource = null;
            }
        }
        else if (string.IsNullOrEmpty(request.Name))
        {
            resource = null;
            error = "name is required when no resource is given";
        }
        else
        {
            resource = kind == ProxyKind.Ingress ? current.FindIngress(request.Name) : current.FindEgress(request.Name);
        }

        return resource is not null;
    }

    private string? FindHostFault(BootstrapRequest request, string host)
    {
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return "the Host header must name this control plane: the proxy is told to use the same name for xDS";
        }

        if (serverCertificate is null)
        {
            return null;
        }

        if (!serverCertificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false))
        {
            return $"host {host} is not among the names of the control plane's certificate";
        }

        return string.IsNullOrEmpty(request.CaCert) || IsAuthority(request.CaCert) ? null : "caCert is not a CA certificate in PEM";
    }

    private static bool IsAuthority(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static constraints => constraints.CertificateAuthority);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
