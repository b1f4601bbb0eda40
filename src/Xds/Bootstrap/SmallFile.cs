using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Zoneway.Xds.Bootstrap;

/// <summary>Reads a small text file, such as a token or a CA bundle, whatever is behind its path.</summary>
public static class SmallFile
{
    /// <summary>Reads the whole file as UTF-8.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="maxBytes">A longer one is an error; no more is read.</param>
    /// <param name="text">What it holds; null on error.</param>
    /// <param name="error">Why it cannot be read; empty when it can.</param>
    public static bool TryRead(string path, int maxBytes, [NotNullWhen(true)] out string? text, out string error)
    {
        text = null;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[maxBytes + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            error = length > maxBytes ? $"The file '{path}' is longer than {maxBytes} bytes." : "";
            text = length > maxBytes ? null : Encoding.UTF8.GetString(buffer, 0, length).TrimStart('\uFEFF');
            return text is not null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            error = $"The file '{path}' cannot be read: {exception.Message}";
            return false;
        }
    }
}
