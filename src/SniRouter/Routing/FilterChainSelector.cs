using System.Buffers;
using System.Globalization;
using System.Text;
using Zoneway.SniRouter.Telemetry;
using Zoneway.SniRouter.Tls;

namespace Zoneway.SniRouter.Routing;

/// <summary>From the first bytes of a connection to its filter chain. Pure: reads the bytes, consumes none. Both data paths use it.</summary>
internal static class FilterChainSelector
{
    public static Selection Select(in ReadOnlySequence<byte> input, ListenerSnapshot listener, in SelectionLimits limits)
    {
        using var reader = new ClientHelloReader(limits.MaxClientHelloBytes);
        return Select(reader.Read(input), reader, listener, limits);
    }

    public static Selection Select(ReadOnlySpan<byte> input, ListenerSnapshot listener, in SelectionLimits limits)
    {
        using var reader = new ClientHelloReader(limits.MaxClientHelloBytes);
        return Select(reader.Read(input), reader, listener, limits);
    }

    private static Selection Select(ClientHelloReadStatus status, scoped in ClientHelloReader reader, ListenerSnapshot listener, in SelectionLimits limits) => status switch
    {
        ClientHelloReadStatus.Complete => SelectTls(reader.Hello, listener, limits.WithServerName),
        ClientHelloReadStatus.NotTls => listener.FindRawBuffer() is { } chain ? Selection.Of(chain, "") : Selection.Refuse(ConnectionOutcome.NotTls),
        ClientHelloReadStatus.Malformed => Selection.Refuse(ConnectionOutcome.ClientHelloMalformed),
        ClientHelloReadStatus.TooLarge => Selection.Refuse(ConnectionOutcome.ClientHelloTooLarge),
        _ => Selection.NeedMore(reader.BytesNeeded),
    };

    private static Selection SelectTls(in ClientHello hello, ListenerSnapshot listener, bool withServerName)
    {
        var serverName = withServerName ? Printable(hello.ServerName) : "";
        return listener.Find(hello) is { } chain
            ? Selection.Of(chain, serverName)
            : Selection.Refuse(hello.HasServerName ? ConnectionOutcome.NoRoute : ConnectionOutcome.NoServerName, serverName);
    }

    /// <summary>A name for logs: printable ASCII as it is, all other bytes as <c>\xNN</c>, so that no client can write log lines of its own.</summary>
    private static string Printable(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var value in name)
        {
            if (value is >= 0x20 and < 0x7F)
            {
                text.Append((char)value);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
            }
        }

        return text.ToString();
    }
}

/// <summary>What bounds a selection.</summary>
/// <param name="MaxClientHelloBytes">Most bytes on the wire that a ClientHello may take.</param>
/// <param name="WithServerName">Whether someone wants to see the server name; making it a string is the only allocation.</param>
internal readonly record struct SelectionLimits(int MaxClientHelloBytes, bool WithServerName);

/// <summary>What the first bytes led to: a chain, a refusal, or a wish for more bytes.</summary>
/// <param name="Chain">The chain; null when refused or undecided.</param>
/// <param name="Refusal">Why no chain serves the connection; counts only when <paramref name="Chain"/> is null and <paramref name="BytesNeeded"/> is 0.</param>
/// <param name="BytesNeeded">Least number of bytes that could decide; 0 when decided.</param>
/// <param name="ServerName">The server name where it was asked for, else empty.</param>
internal readonly record struct Selection(FilterChain? Chain, ConnectionOutcome Refusal, int BytesNeeded, string ServerName)
{
    public bool IsDecided => BytesNeeded == 0;

    public static Selection Of(FilterChain chain, string serverName) => new(chain, default, 0, serverName);

    public static Selection Refuse(ConnectionOutcome refusal, string serverName = "") => new(null, refusal, 0, serverName);

    public static Selection NeedMore(int bytesNeeded) => new(null, default, bytesNeeded, "");
}
