using System.Collections.Frozen;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>What an external service speaks, as far as its egress chain depends on it. Protocol §5.5.</summary>
internal enum ServiceProtocol
{
    /// <summary>Bytes.</summary>
    Tcp,

    /// <summary>HTTP/1.1.</summary>
    Http,

    /// <summary>HTTP/2.</summary>
    Http2,

    /// <summary>gRPC, which is HTTP/2 to the proxy.</summary>
    Grpc,
}

/// <summary>The protocols by the words that resources use.</summary>
internal static class ServiceProtocols
{
    /// <summary>Tag that names the protocol of a service.</summary>
    public const string Tag = "kuma.io/protocol";

    /// <summary>The words of <c>MeshExternalService.spec.match.protocol</c>.</summary>
    public static FrozenDictionary<string, ServiceProtocol> Words { get; } = new Dictionary<string, ServiceProtocol>(StringComparer.Ordinal)
    {
        ["tcp"] = ServiceProtocol.Tcp,
        ["http"] = ServiceProtocol.Http,
        ["http2"] = ServiceProtocol.Http2,
        ["grpc"] = ServiceProtocol.Grpc,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The protocol that tags name; what they do not name, or name as something else, is bytes.</summary>
    public static ServiceProtocol Of(TagSet tags) => Words.GetValueOrDefault(tags[Tag] ?? "", ServiceProtocol.Tcp);
}
