using System.Buffers.Binary;

namespace Zoneway.LoadTest.Egress.Load;

/// <summary>Types of frames (RFC 9113 §6).</summary>
internal enum Http2FrameType : byte
{
    Data = 0x0,
    Headers = 0x1,
    ResetStream = 0x3,
    Settings = 0x4,
    Ping = 0x6,
    GoAway = 0x7,
    WindowUpdate = 0x8,
}

/// <summary>An HTTP/2 frame in a buffer: 24 bits of length, type, flags, 31 bits of stream (RFC 9113 §4.1).</summary>
internal readonly ref struct Http2Frame
{
    public const int HeaderBytes = 9;
    public const byte Acknowledged = 0x1;
    public const byte EndStream = 0x1;
    public const byte EndHeaders = 0x4;
    public const byte Padded = 0x8;

    public Http2FrameType Type { get; private init; }

    public byte Flags { get; private init; }

    public int Stream { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>Bytes in the buffer.</summary>
    public int Length => HeaderBytes + Payload.Length;

    public bool Has(byte flag) => (Flags & flag) != 0;

    /// <summary>Reads the frame at the beginning of a buffer.</summary>
    /// <returns>False when it is not there as a whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> buffer, out Http2Frame frame)
    {
        frame = default;
        if (buffer.Length < HeaderBytes)
        {
            return false;
        }

        var length = (buffer[0] << 16) | (buffer[1] << 8) | buffer[2];
        if (buffer.Length < HeaderBytes + length)
        {
            return false;
        }

        frame = new Http2Frame
        {
            Type = (Http2FrameType)buffer[3],
            Flags = buffer[4],
            Stream = BinaryPrimitives.ReadInt32BigEndian(buffer[5..]) & int.MaxValue,
            Payload = buffer.Slice(HeaderBytes, length),
        };
        return true;
    }

    /// <summary>A frame as bytes.</summary>
    public static byte[] Write(Http2FrameType type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[HeaderBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, (payload.Length << 8) | (byte)type);
        bytes[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), stream);
        payload.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }
}
