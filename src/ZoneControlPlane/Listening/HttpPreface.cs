using System.Buffers;
using System.IO.Pipelines;

namespace Zoneway.ZoneControlPlane.Listening;

/// <summary>Tells HTTP/2 with prior knowledge from HTTP/1 by the first bytes. RFC 9113 §3.4.</summary>
internal static class HttpPreface
{
    private static ReadOnlySpan<byte> ClientPreface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Whether a connection begins with the HTTP/2 client preface. Reads as far as needed and consumes nothing.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async ValueTask<bool> StartsHttp2Async(PipeReader input, CancellationToken cancellation)
    {
        var examined = 0L;
        while (true)
        {
            var result = await input.ReadAsync(cancellation);
            var match = Compare(result.Buffer);
            if (match is not null || result.IsCompleted)
            {
                // What was examined before must not be given back, and nothing beyond it marked, or the next reader would wait for more.
                input.AdvanceTo(result.Buffer.Start, result.Buffer.GetPosition(examined));
                return match ?? false;
            }

            examined = result.Buffer.Length;
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    // Null while all that has come agrees with the preface but is not the whole of it.
    private static bool? Compare(ReadOnlySequence<byte> buffer)
    {
        Span<byte> head = stackalloc byte[ClientPreface.Length];
        var length = (int)Math.Min(buffer.Length, head.Length);
        buffer.Slice(0, length).CopyTo(head);
        if (!head[..length].SequenceEqual(ClientPreface[..length]))
        {
            return false;
        }

        return length == ClientPreface.Length ? true : null;
    }
}
