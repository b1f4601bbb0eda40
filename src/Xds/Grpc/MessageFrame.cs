using System.Buffers;
using System.Buffers.Binary;

namespace Zoneway.Xds.Grpc;

/// <summary>What stands at the start of a buffer.</summary>
internal enum MessageFrameStatus
{
    /// <summary>The bytes so far are the start of a frame.</summary>
    NeedMoreData,

    /// <summary>A whole frame.</summary>
    Complete,

    /// <summary>The message is compressed, which was not agreed on.</summary>
    Compressed,

    /// <summary>The announced length is above the limit.</summary>
    TooLarge,

    /// <summary>The first byte is neither 0 nor 1.</summary>
    Malformed,
}

/// <summary>
/// The frame around every message: flag (1 byte: 0 plain, 1 compressed), length (4 bytes, big endian), then the message.
/// "gRPC over HTTP2": Length-Prefixed-Message.
/// </summary>
internal static class MessageFrame
{
    /// <summary>Length of flag and length.</summary>
    public const int HeaderBytes = 5;

    /// <summary>Looks for a frame at the start of <paramref name="buffer"/>. Never allocates.</summary>
    /// <param name="buffer">What has arrived and is not consumed.</param>
    /// <param name="maxMessageBytes">Largest length accepted, checked as soon as it is known.</param>
    /// <param name="message">The message, when complete.</param>
    public static MessageFrameStatus Read(in ReadOnlySequence<byte> buffer, int maxMessageBytes, out ReadOnlySequence<byte> message)
    {
        message = default;
        Span<byte> header = stackalloc byte[HeaderBytes];
        var headerLength = (int)Math.Min(buffer.Length, HeaderBytes);
        buffer.Slice(0, headerLength).CopyTo(header);

        switch (headerLength == 0 ? 0 : header[0])
        {
            case 0:
                break;
            case 1:
                return MessageFrameStatus.Compressed;
            default:
                return MessageFrameStatus.Malformed;
        }

        if (headerLength < HeaderBytes)
        {
            return MessageFrameStatus.NeedMoreData;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)maxMessageBytes)
        {
            return MessageFrameStatus.TooLarge;
        }

        if (buffer.Length - HeaderBytes < length)
        {
            return MessageFrameStatus.NeedMoreData;
        }

        message = buffer.Slice(HeaderBytes, length);
        return MessageFrameStatus.Complete;
    }

    /// <summary>Writes flag and length of a plain message.</summary>
    public static void WriteHeader(Span<byte> destination, int messageBytes)
    {
        destination[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)messageBytes);
    }
}
