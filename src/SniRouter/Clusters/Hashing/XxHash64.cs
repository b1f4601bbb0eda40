using System.Buffers.Binary;
using System.Numerics;

namespace Zoneway.SniRouter.Clusters.Hashing;

/// <summary>XXH64, which Envoy hashes endpoints with by default (xxHash fast digest algorithm, "XXH64 algorithm description"). Own code: the package that has it is not restorable everywhere.</summary>
internal static class XxHash64
{
    private const int StripeBytes = 32;
    private const int LaneBytes = 8;

    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;

    /// <summary>The hash of some bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var left = bytes;
        var hash = (bytes.Length >= StripeBytes ? Stripes(ref left, seed) : seed + Prime5) + (ulong)bytes.Length;
        for (; left.Length >= LaneBytes; left = left[LaneBytes..])
        {
            hash = (BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(left)), 27) * Prime1) + Prime4;
        }

        if (left.Length >= sizeof(uint))
        {
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(left) * Prime1), 23) * Prime2) + Prime3;
            left = left[sizeof(uint)..];
        }

        foreach (var last in left)
        {
            hash = BitOperations.RotateLeft(hash ^ (last * Prime5), 11) * Prime1;
        }

        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    /// <summary>Takes whole stripes off, each of four lanes that are mixed apart.</summary>
    private static ulong Stripes(ref ReadOnlySpan<byte> left, ulong seed)
    {
        var (a, b, c, d) = (unchecked(seed + Prime1 + Prime2), seed + Prime2, seed, seed - Prime1);
        for (; left.Length >= StripeBytes; left = left[StripeBytes..])
        {
            a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(left));
            b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(left[LaneBytes..]));
            c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(left[(2 * LaneBytes)..]));
            d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(left[(3 * LaneBytes)..]));
        }

        var hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
        return Merge(Merge(Merge(Merge(hash, a), b), c), d);
    }

    private static ulong Round(ulong lane, ulong input) => BitOperations.RotateLeft(lane + (input * Prime2), 31) * Prime1;

    private static ulong Merge(ulong hash, ulong lane) => ((hash ^ Round(0, lane)) * Prime1) + Prime4;
}
