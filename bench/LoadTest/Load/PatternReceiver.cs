using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load;

/// <summary>
/// The receiving end of a bulk stream. It checks every byte of the head and then every 64th receive, byte for byte and by position; the rest it only counts
/// (MSG_TRUNC), as a copy that nobody reads would measure the client and not the proxy.
/// </summary>
internal sealed unsafe class PatternReceiver(uint seed, byte* scratch)
{
    private const long HeadBytes = 1024 * 1024;
    private const int CheckEvery = 64;

    private int _receives;

    /// <summary>Bytes received.</summary>
    public long Received { get; private set; }

    /// <summary>Receives once, up to <see cref="BytePattern.LargestSlice"/> bytes.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="isWrong">Whether a byte differed from the pattern.</param>
    /// <returns>Bytes received, 0 at the end of the stream, or the negated errno.</returns>
    public int Receive(int descriptor, out bool isWrong)
    {
        isWrong = false;
        if (Received >= HeadBytes && ++_receives % CheckEvery != 0)
        {
            return Count(NativeCalls.Discard(descriptor, scratch, BytePattern.LargestSlice));
        }

        var length = LinuxSystemCalls.Receive(descriptor, scratch, BytePattern.LargestSlice);
        isWrong = length > 0 && !BytePattern.Matches(seed + Received, new ReadOnlySpan<byte>(scratch, length));
        return Count(length);
    }

    private int Count(int length)
    {
        Received += Math.Max(length, 0);
        return length;
    }
}
