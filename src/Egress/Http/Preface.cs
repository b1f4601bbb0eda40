using System.Buffers;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>Tells HTTP/2 from HTTP/1.1 by the first bytes (RFC 9113 §3.4).</summary>
internal static class Preface
{
    private static ReadOnlySpan<byte> Http2 => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>What is spoken; null while the bytes could still be either.</summary>
    public static HttpCodec? Match(in ReadOnlySequence<byte> bytes)
    {
        var length = (int)Math.Min(bytes.Length, Http2.Length);
        Span<byte> first = stackalloc byte[Http2.Length];
        bytes.Slice(0, length).CopyTo(first);
        return !Http2.StartsWith(first[..length]) ? HttpCodec.Http1 : length == Http2.Length ? HttpCodec.Http2 : null;
    }
}
