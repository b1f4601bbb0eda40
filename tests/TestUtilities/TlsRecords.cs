namespace Zoneway.TestUtilities;

/// <summary>Puts handshake bytes into TLS records (RFC 8446 §5.1).</summary>
public static class TlsRecords
{
    private const byte Handshake = 0x16;

    /// <summary>Records of the given size; the last may be shorter.</summary>
    public static byte[] Split(ReadOnlySpan<byte> content, int recordSize)
    {
        var records = new List<byte>();
        for (; content.Length > recordSize; content = content[recordSize..])
        {
            records.AddRange(Record(content[..recordSize]));
        }

        return [.. records, .. Record(content)];
    }

    /// <summary>One record, empty ones included, whatever the content.</summary>
    public static byte[] Record(ReadOnlySpan<byte> content, byte type = Handshake, int version = 0x0301) =>
        [type, .. TlsWriter.UInt16(version), .. TlsWriter.Vector16(content)];
}
