using System.Globalization;

namespace Zoneway.Xds.Grpc;

/// <summary>The <c>grpc-timeout</c> header: one to eight digits and a unit. "gRPC over HTTP2": Timeout.</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;

    /// <summary>Longest time a timer takes (about 24 days). A longer timeout is shortened to it, which no stream outlives.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>Writes a timeout, rounded down to milliseconds and at least one.</summary>
    public static string Format(TimeSpan timeout)
    {
        var milliseconds = Math.Max(1, (long)timeout.TotalMilliseconds);
        return milliseconds < 100_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}m")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(milliseconds / 1000, 99_999_999)}S");
    }

    /// <summary>Reads a timeout. False when the text is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            || TicksPerUnit(text[^1]) is not { } ticks)
        {
            return false;
        }

        // 99,999,999 hours fit into 63 bits of ticks.
        timeout = TimeSpan.FromTicks(Math.Min((long)(amount * ticks), Longest.Ticks));
        return true;
    }

    private static double? TicksPerUnit(char unit) => unit switch
    {
        'H' => TimeSpan.TicksPerHour,
        'M' => TimeSpan.TicksPerMinute,
        'S' => TimeSpan.TicksPerSecond,
        'm' => TimeSpan.TicksPerMillisecond,
        'u' => TimeSpan.TicksPerMicrosecond,
        'n' => 1.0 / TimeSpan.NanosecondsPerTick,
        _ => null,
    };
}
