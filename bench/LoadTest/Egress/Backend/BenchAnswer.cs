using System.Text;

namespace Zoneway.LoadTest.Egress.Backend;

/// <summary>The one answer of the HTTP back ends.</summary>
internal static class BenchAnswer
{
    public const int BodyBytes = 1024;

    /// <summary>The body, every byte of which the client compares.</summary>
    public static readonly byte[] Body = [.. Enumerable.Range(0, BodyBytes).Select(i => (byte)('a' + (i % 23)))];

    /// <summary>Status line, headers and body.</summary>
    public static readonly byte[] Whole = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {BodyBytes}\r\n\r\n"), .. Body];
}
