using System.Buffers;
using System.Globalization;

namespace Zoneway.ZoneControlPlane.Commands;

/// <summary>Durations as Kuma's own tools write them: <c>24h</c>, <c>1h30m</c>, <c>500ms</c>; <c>d</c> for days besides.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads a positive duration of at most 100 years.</summary>
    /// <param name="text">Numbers, each followed by <c>d</c>, <c>h</c>, <c>m</c>, <c>s</c> or <c>ms</c>.</param>
    /// <param name="duration">What it says.</param>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            var unitEnd = rest[digits..].IndexOfAny(NumberCharacters);
            var unit = unitEnd < 0 ? rest[digits..] : rest.Slice(digits, unitEnd);
            if (SecondsOf(unit) is not { } seconds || duration.TotalDays + (number * seconds / 86400) > 36500)
            {
                return false;
            }

            duration += TimeSpan.FromSeconds(number * seconds);
            rest = rest[(digits + unit.Length)..];
        }

        return duration > TimeSpan.Zero;
    }

    private static double? SecondsOf(ReadOnlySpan<char> unit) => unit switch
    {
        "d" => 86400,
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        "ms" => 0.001,
        _ => null,
    };
}
