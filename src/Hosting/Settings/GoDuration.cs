using System.Buffers;
using System.Globalization;

namespace Zoneway.Hosting.Settings;

/// <summary>Reads durations the way Go writes them, which is how Kuma's settings are written: <c>30s</c>, <c>1m30s</c>, <c>500ms</c>, <c>1.5h</c>, <c>0</c>.</summary>
internal static class GoDuration
{
    // Longer ones come from a slip of the pen, and timers could not hold them.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Milliseconds)[] Units =
        [("ns", 1e-6), ("us", 1e-3), ("µs", 1e-3), ("μs", 1e-3), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

    /// <summary>Reads a duration of 0 to 30 days: a sequence of decimal numbers, each with its unit.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        var rest = text.AsSpan();
        var milliseconds = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var unitLength = rest.IndexOfAny(NumberCharacters) is var next && next < 0 ? rest.Length : next;
            if (!TryFindUnit(rest[..unitLength], out var unit))
            {
                return false;
            }

            milliseconds += number * unit;
            rest = rest[unitLength..];
        }

        if (text.Length == 0 || milliseconds > Longest.TotalMilliseconds)
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    private static bool TryFindUnit(ReadOnlySpan<char> name, out double milliseconds)
    {
        foreach (var (unit, value) in Units)
        {
            if (name.SequenceEqual(unit))
            {
                milliseconds = value;
                return true;
            }
        }

        milliseconds = 0;
        return false;
    }
}
