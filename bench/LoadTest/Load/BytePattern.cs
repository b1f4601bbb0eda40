using System.Runtime.InteropServices;

namespace Zoneway.LoadTest.Load;

/// <summary>
/// The content of every stream: bytes that look random and repeat after a prime number of them, so that a byte that is lost, doubled, swapped or changed shows at the
/// next check. A stream begins at its seed and goes on from there.
/// </summary>
internal static unsafe class BytePattern
{
    /// <summary>Bytes after which the pattern repeats; small enough to stay in a processor's cache.</summary>
    public const int Period = 262_139;

    /// <summary>Most bytes that can be had in one piece.</summary>
    public const int LargestSlice = 256 * 1024;

    private static readonly byte* Bytes = Create();

    /// <summary>At least <see cref="LargestSlice"/> bytes of the pattern from a position on.</summary>
    public static byte* At(long position) => Bytes + (position % Period);

    /// <summary>Whether bytes are those of the pattern from a position on.</summary>
    /// <param name="position">Position of the first byte: seed plus bytes before.</param>
    /// <param name="received">At most <see cref="LargestSlice"/> bytes.</param>
    public static bool Matches(long position, ReadOnlySpan<byte> received) => received.SequenceEqual(new ReadOnlySpan<byte>(At(position), received.Length));

    private static byte* Create()
    {
        var bytes = (byte*)NativeMemory.Alloc(Period + LargestSlice);
        ulong state = 0;
        for (var i = 0; i < Period; i++)
        {
            // The output function of SplitMix64 (Steele, Lea, Flood 2014), of which one byte is taken.
            state += 0x9E37_79B9_7F4A_7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
            bytes[i] = (byte)(mixed >> 56);
        }

        for (var i = 0; i < LargestSlice; i++)
        {
            bytes[Period + i] = bytes[i % Period];
        }

        return bytes;
    }
}
