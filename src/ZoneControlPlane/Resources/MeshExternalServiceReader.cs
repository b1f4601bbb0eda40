using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Reads MeshExternalService documents. Protocol §5.6.</summary>
internal static class MeshExternalServiceReader
{
    public static MeshExternalServiceResource Read(ResourceFields fields)
    {
        var mesh = fields.RequiredName("mesh");
        var name = fields.RequiredName("name");
        var labels = fields.Child("labels");
        var spec = fields.Child("spec");
        if (spec is null)
        {
            fields.Error("spec is required");
        }

        var match = spec?.Child("match");
        if (spec is not null && match is null)
        {
            spec.Error("spec.match is required");
        }

        var resource = new MeshExternalServiceResource(mesh, name, fields.Line)
        {
            Zone = labels?.Name(TagSet.ZoneKey),
            Namespace = labels?.Name("k8s.kuma.io/namespace") ?? "",
            DisplayName = labels?.Name("kuma.io/display-name") ?? name,
            Port = match is null ? 0 : ReadPort(match),
            Protocol = match?.Word("protocol", ServiceProtocols.Words) ?? ServiceProtocol.Tcp,
            Endpoints = spec is null ? [] : ReadEndpoints(spec),
            Tls = spec?.Child("tls") is { } tls ? MeshExternalServiceTls.Read(tls) : null,
        };
        RefuseExtension(spec);
        match?.ReportRest();
        spec?.ReportRest();
        return resource;
    }

    private static int ReadPort(ResourceFields match)
    {
        if (match.Text("type") is not (null or "" or "HostnameGenerator"))
        {
            match.Error("spec.match.type must be HostnameGenerator");
        }

        var port = match.Port("port");
        if (port is null)
        {
            match.Error("spec.match.port is required: 1 to 65535");
        }

        return port ?? 0;
    }

    private static ImmutableArray<HostPort> ReadEndpoints(ResourceFields spec)
    {
        var endpoints = ImmutableArray.CreateBuilder<HostPort>();
        foreach (var endpoint in spec.Children("endpoints") ?? [])
        {
            var host = endpoint.Host("address");
            var port = endpoint.Port("port");
            if (host is null || port is null)
            {
                endpoint.Error("an endpoint needs an address (IP address or host name) and a port");
            }

            endpoints.Add(new HostPort(host ?? "", port ?? 0));
            endpoint.ReportRest();
        }

        return endpoints.ToImmutable();
    }

    private static void RefuseExtension(ResourceFields? spec)
    {
        if (spec?.Has("extension") == true)
        {
            spec.Error("extension", "is not supported by this control plane");
        }
    }
}
