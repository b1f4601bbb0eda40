using System.Globalization;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Reads ExternalService documents. Protocol §5.6.</summary>
internal static class ExternalServiceReader
{
    public static ExternalServiceResource Read(ResourceFields fields)
    {
        var mesh = fields.RequiredName("mesh");
        var name = fields.RequiredName("name");
        fields.Skip("labels");
        var networking = fields.Child("networking");
        if (networking is null)
        {
            fields.Error("networking is required");
        }

        var resource = new ExternalServiceResource(mesh, name, fields.Line)
        {
            Tags = fields.ServiceTags("tags"),
            Endpoint = networking is null ? new HostPort("", 0) : ReadAddress(networking),
            Tls = networking?.Child("tls") is { } tls ? ReadTls(tls) : null,
        };
        networking?.ReportRest();
        return resource;
    }

    private static HostPort ReadAddress(ResourceFields networking)
    {
        var text = networking.RequiredText("address");
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        host = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host.Contains(':') ? "" : host;
        var isPort = int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535;
        if (isPort && Uri.CheckHostName(host) != UriHostNameType.Unknown)
        {
            return new HostPort(host, port);
        }

        if (text.Length > 0)
        {
            networking.Error("networking.address must be of the form host:port, an IPv6 address in brackets");
        }

        return new HostPort("", 0);
    }

    // A service with TLS and without a CA of its own is not verified at all: so it is in Kuma.
    private static UpstreamTls? ReadTls(ResourceFields tls)
    {
        var isEnabled = tls.Flag("enabled") ?? false;
        var skipsName = tls.Flag("skipHostnameVerification") ?? false;
        var result = new UpstreamTls
        {
            ServerName = tls.Host("serverName"),
            AllowsRenegotiation = tls.Flag("allowRenegotiation") ?? false,
            CaCertificate = DataSourceReader.Read(tls, "caCert"),
            ClientCertificate = DataSourceReader.Read(tls, "clientCert"),
            ClientKey = DataSourceReader.Read(tls, "clientKey"),
            VerifiesName = !skipsName,
        };
        KeyMaterial.Check(tls, result);
        tls.ReportRest();
        return isEnabled ? result : null;
    }
}
