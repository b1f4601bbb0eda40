using System.Globalization;
using System.Text;

namespace Zoneway.LoadTest.Egress.Load;

/// <summary>How much of an answer there is.</summary>
internal enum Http1Progress
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>Status, headers and body are there.</summary>
    Complete,

    /// <summary>Not an HTTP/1.1 answer with a Content-Length, which the back end's always has.</summary>
    Malformed,
}

/// <summary>An HTTP/1.1 answer in a buffer: no more of RFC 9112 than a client needs that knows what it will get.</summary>
internal readonly ref struct Http1Response
{
    private const int StatusLineBytes = 12;
    private const int MostContent = 1 << 20;

    private Http1Response(int status, ReadOnlySpan<byte> body, int length)
    {
        Status = status;
        Body = body;
        Length = length;
    }

    public int Status { get; }

    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Bytes of the answer in the buffer.</summary>
    public int Length { get; }

    /// <summary>Reads the answer at the beginning of a buffer.</summary>
    public static Http1Progress TryRead(ReadOnlySpan<byte> buffer, out Http1Response response)
    {
        response = default;
        var end = buffer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return Http1Progress.Incomplete;
        }

        var head = buffer[..end];
        if (end < StatusLineBytes || !head.StartsWith("HTTP/1.1 "u8) || !TryParse(head.Slice(9, 3), out var status)
            || ContentLength(head) is not { } content)
        {
            return Http1Progress.Malformed;
        }

        var body = buffer[(end + 4)..];
        if (body.Length < content)
        {
            return Http1Progress.Incomplete;
        }

        response = new Http1Response(status, body[..content], end + 4 + content);
        return Http1Progress.Complete;
    }

    private static int? ContentLength(ReadOnlySpan<byte> head)
    {
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            if (line.Length > 15 && Ascii.EqualsIgnoreCase(line[..15], "content-length:"u8))
            {
                return TryParse(line[15..].Trim((byte)' '), out var length) && length <= MostContent ? length : null;
            }
        }

        return null;
    }

    private static bool TryParse(ReadOnlySpan<byte> digits, out int number) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
