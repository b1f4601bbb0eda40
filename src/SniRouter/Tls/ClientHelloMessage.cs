namespace Zoneway.SniRouter.Tls;

/// <summary>
/// Takes a ClientHello's body apart, RFC 8446 §4.1.2: legacy_version (2), random (32), legacy_session_id&lt;1-byte length&gt;,
/// cipher_suites&lt;2&gt;, legacy_compression_methods&lt;1&gt;, extensions&lt;2&gt;.
/// </summary>
/// <remarks>
/// What the lengths frame is judged, not what they hold: an odd cipher suite list or an unheard-of version is for the TLS endpoint
/// behind the router to refuse, with the alert that its client expects.
/// </remarks>
internal static class ClientHelloMessage
{
    private const int RandomLength = 32;

    /// <returns>False where the message is malformed.</returns>
    public static bool TryParse(ReadOnlySpan<byte> body, int wireLength, out ClientHello hello)
    {
        hello = default;
        var cursor = new TlsCursor(body);
        if (!cursor.TryReadUInt16(out ushort legacyVersion)
            || !cursor.TryTake(RandomLength, out _)
            || !cursor.TryReadVector8(out _)
            || !cursor.TryReadVector16(out _)
            || !cursor.TryReadVector8(out _))
        {
            return false;
        }

        var extensions = default(ClientHelloExtensions);
        if (!TryReadExtensions(cursor, ref extensions))
        {
            return false;
        }

        hello = new ClientHello(legacyVersion, extensions, wireLength);
        return true;
    }

    // Up to TLS 1.2 a hello may end without an extension block (RFC 5246 §7.4.1.2). Nothing may follow the block.
    private static bool TryReadExtensions(TlsCursor cursor, ref ClientHelloExtensions extensions) =>
        cursor.AtEnd || (cursor.TryReadVector16(out var block) && cursor.AtEnd && extensions.TryRead(block));
}
