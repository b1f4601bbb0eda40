using System.Buffers;

namespace Zoneway.TestUtilities;

/// <summary>Builds sequences whose segments lie where a test wants them.</summary>
public static class ByteSegments
{
    /// <summary>One segment for each piece, empty ones included.</summary>
    public static ReadOnlySequence<byte> Of(params ReadOnlyMemory<byte>[] pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        if (pieces.Length == 0)
        {
            return ReadOnlySequence<byte>.Empty;
        }

        var first = new Segment(pieces[0], runningIndex: 0);
        var last = first;
        foreach (var piece in pieces.AsSpan(1))
        {
            last = last.Append(piece);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>Segments of the given size; the last may be shorter.</summary>
    public static ReadOnlySequence<byte> Split(ReadOnlyMemory<byte> bytes, int segmentSize)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        for (; bytes.Length > segmentSize; bytes = bytes[segmentSize..])
        {
            pieces.Add(bytes[..segmentSize]);
        }

        return Of([.. pieces, bytes]);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
