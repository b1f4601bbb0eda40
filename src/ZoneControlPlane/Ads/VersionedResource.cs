using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>One resource as it goes over the wire.</summary>
/// <param name="Name">Name, unique within its type.</param>
/// <param name="Body">The resource, packed.</param>
/// <param name="Version">SHA-256 over the packed bytes: the same for the same content, whoever sends it. Protocol §3.4.</param>
internal sealed record VersionedResource(string Name, Any Body, string Version)
{
    public static VersionedResource Pack(string name, IMessage message)
    {
        var body = Any.Pack(message);
        return new VersionedResource(name, body, Convert.ToHexStringLower(SHA256.HashData(body.Value.Span)));
    }
}
