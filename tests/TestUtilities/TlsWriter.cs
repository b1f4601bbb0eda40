using System.Buffers.Binary;

namespace Zoneway.TestUtilities;

/// <summary>Writes TLS's numbers and length-prefixed vectors (RFC 8446 §3).</summary>
internal static class TlsWriter
{
    public static byte[] UInt16(int value)
    {
        byte[] bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)value));
        return bytes;
    }

    public static byte[] Vector8(params ReadOnlySpan<byte> content) => [checked((byte)content.Length), .. content];

    public static byte[] Vector16(params ReadOnlySpan<byte> content) => [.. UInt16(content.Length), .. content];

    public static byte[] Vector24(params ReadOnlySpan<byte> content) =>
        [checked((byte)(content.Length >> 16)), .. UInt16(content.Length & 0xFFFF), .. content];
}
