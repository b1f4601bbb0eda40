using System.Net;

namespace Zoneway.SniRouter.Clusters.Hashing;

/// <summary>What a connection hashes to by the address it comes from (envoy.type.v3.HashPolicy.SourceIp). The port does not count.</summary>
internal static class SourceHash
{
    // ::ffff:0:0/96 (RFC 4291 §2.5.5.2): an IPv4 client on a listener for both families.
    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>The hash of an address of 4 or 16 bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> address) => XxHash64.Of(address.StartsWith(MappedPrefix) ? address[MappedPrefix.Length..] : address);

    /// <summary>The hash of an address; null where there is none, or none of the internet.</summary>
    public static ulong? Of(EndPoint? peer)
    {
        Span<byte> bytes = stackalloc byte[16];
        return peer is IPEndPoint ip && ip.Address.TryWriteBytes(bytes, out var length) ? Of(bytes[..length]) : null;
    }
}
