using System.Buffers;
using System.Globalization;
using System.Text;

namespace Zoneway.Xds.Grpc;

/// <summary>
/// The form of <c>grpc-message</c> on the wire: UTF-8 where every byte outside 0x20–0x7E, and '%', is %XX.
/// "gRPC over HTTP2": Status-Message.
/// </summary>
internal static class PercentEncoding
{
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x7F - 0x20).Where(c => c != '%').Select(c => (byte)c)]);

    /// <summary>Encodes a text for a header.</summary>
    public static string Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!bytes.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        var encoded = new StringBuilder(bytes.Length + 16);
        foreach (var value in bytes)
        {
            _ = Plain.Contains(value) ? encoded.Append((char)value) : encoded.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }

    /// <summary>Decodes what a peer sent. Sequences that are no encoding stay as they are; invalid UTF-8 becomes U+FFFD.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%'))
        {
            return text;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var value = bytes[i];
            if (value == '%' && i + 2 < bytes.Length
                && byte.TryParse(bytes.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var decoded))
            {
                value = decoded;
                i += 2;
            }

            bytes[length++] = value;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
