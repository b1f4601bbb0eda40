using System.Buffers.Binary;
using System.Net;
using System.Runtime.Versioning;
using Zoneway.SniRouter.Clusters.Hashing;

namespace Zoneway.SniRouter.Engine;

/// <summary>The addresses of a descriptor, for those few connections whose access logs show them. Each costs a system call and an object.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class SocketAddresses
{
    // struct sockaddr_in: family 2, port 2 (big-endian), address 4. struct sockaddr_in6: family 2, port 2, flow 4, address 16, scope 4.
    private const int FamilyInternet = 2;
    private const int FamilyInternet6 = 10;
    private const int LongestAddress = 128;

    /// <summary>The peer's address; null when there is none any more, or when it is no IP address.</summary>
    public static IPEndPoint? Remote(int descriptor)
    {
        var address = stackalloc byte[LongestAddress];
        return Parse(new ReadOnlySpan<byte>(address, Math.Max(0, LinuxSystemCalls.PeerAddress(descriptor, address, LongestAddress))));
    }

    /// <summary>The address on this side; null when it is no IP address.</summary>
    public static IPEndPoint? Local(int descriptor)
    {
        var address = stackalloc byte[LongestAddress];
        return Parse(new ReadOnlySpan<byte>(address, Math.Max(0, LinuxSystemCalls.LocalAddress(descriptor, address, LongestAddress))));
    }

    /// <summary>What the peer's address hashes to, without making an object of it; null when there is none any more, or when it is no IP address.</summary>
    public static ulong? HashOfRemote(int descriptor)
    {
        var bytes = stackalloc byte[LongestAddress];
        var length = LinuxSystemCalls.PeerAddress(descriptor, bytes, LongestAddress);
        var address = new ReadOnlySpan<byte>(bytes, LongestAddress);
        return length < 2 ? null : BitConverter.ToUInt16(address) switch
        {
            FamilyInternet => SourceHash.Of(address.Slice(4, 4)),
            FamilyInternet6 => SourceHash.Of(address.Slice(8, 16)),
            _ => null,
        };
    }

    private static IPEndPoint? Parse(ReadOnlySpan<byte> address)
    {
        if (address.Length < 8)
        {
            return null;
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return BitConverter.ToUInt16(address) switch
        {
            FamilyInternet => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port),
            FamilyInternet6 when address.Length >= 28 => new IPEndPoint(new IPAddress(address.Slice(8, 16), BitConverter.ToUInt32(address[24..])), port),
            _ => null,
        };
    }
}
