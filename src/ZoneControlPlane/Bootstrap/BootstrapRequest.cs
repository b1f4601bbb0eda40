using System.Text.Json;

namespace Zoneway.ZoneControlPlane.Bootstrap;

/// <summary>Body of <c>POST /bootstrap</c>; fields this program does not use are passed over. Protocol §1.1.</summary>
internal sealed record BootstrapRequest
{
    public string? Name { get; init; }

    /// <summary><c>ingress</c> or <c>egress</c>.</summary>
    public string? ProxyType { get; init; }

    /// <summary>The token itself; it is handed back as metadata of the xDS stream.</summary>
    public string? DataplaneToken { get; init; }

    /// <summary>File of the token on the proxy's machine; the proxy reads it again for every stream.</summary>
    public string? DataplaneTokenPath { get; init; }

    /// <summary>The proxy's resource, JSON or YAML inside a string.</summary>
    public string? DataplaneResource { get; init; }

    /// <summary>Goes into the node metadata as it is.</summary>
    public JsonElement? Version { get; init; }

    /// <summary>PEM of the CA that the proxy trusts for this server.</summary>
    public string? CaCert { get; init; }

    public IReadOnlyDictionary<string, string>? DynamicMetadata { get; init; }

    public uint? ReadinessPort { get; init; }

    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Folder of the proxy's Unix sockets.</summary>
    public string? Workdir { get; init; }

    public string? SystemCaPath { get; init; }
}
