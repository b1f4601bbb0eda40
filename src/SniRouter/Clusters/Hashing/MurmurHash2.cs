using System.Buffers.Binary;

namespace Zoneway.SniRouter.Clusters.Hashing;

/// <summary>MurmurHash2 of 64 bits, as <c>std::hash</c> of GNU's C++ library has it, which is what Envoy's hash function MURMUR_HASH_2 is compatible with.</summary>
internal static class MurmurHash2
{
    private const ulong Multiplier = 0xC6A4A7935BD1E995;
    private const ulong Seed = 0xC70F6907;
    private const int LaneBytes = 8;

    /// <summary>The hash of some bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ ((ulong)bytes.Length * Multiplier);
        var left = bytes;
        for (; left.Length >= LaneBytes; left = left[LaneBytes..])
        {
            hash = (hash ^ (Mix(BinaryPrimitives.ReadUInt64LittleEndian(left) * Multiplier) * Multiplier)) * Multiplier;
        }

        if (!left.IsEmpty)
        {
            ulong last = 0;
            for (var i = left.Length - 1; i >= 0; i--)
            {
                last = (last << 8) | left[i];
            }

            hash = (hash ^ last) * Multiplier;
        }

        return Mix(Mix(hash) * Multiplier);
    }

    private static ulong Mix(ulong value) => value ^ (value >> 47);
}
