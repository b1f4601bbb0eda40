using System.Globalization;
using System.Text;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>
/// Times as <c>%START_TIME%</c> writes them, in UTC: <c>2018-07-18T03:22:34.123Z</c>, or by a strftime(3) pattern with Envoy's additions (<c>%f</c> nanoseconds,
/// <c>%3f</c> so many digits of them, <c>%s</c> seconds since the epoch). A conversion that is not known stays as it is written.
/// </summary>
internal static class StartTimeFormat
{
    private const string Default = "yyyy-MM-ddTHH:mm:ss.fff'Z'";

    /// <summary>Writes a time; an empty pattern is the default.</summary>
    public static string Format(DateTimeOffset time, string pattern)
    {
        var utc = time.ToUniversalTime();
        if (pattern.Length == 0)
        {
            return utc.ToString(Default, CultureInfo.InvariantCulture);
        }

        var text = new StringBuilder(pattern.Length + 16);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%' || i + 1 == pattern.Length)
            {
                text.Append(pattern[i]);
            }
            else if (char.IsAsciiDigit(pattern[i + 1]) && i + 2 < pattern.Length && pattern[i + 2] == 'f')
            {
                text.Append(Nanoseconds(utc)[..Math.Clamp(pattern[i + 1] - '0', 1, 9)]);
                i += 2;
            }
            else
            {
                text.Append(Convert(utc, pattern[++i]));
            }
        }

        return text.ToString();
    }

    private static string Convert(DateTimeOffset time, char conversion) => conversion switch
    {
        'Y' => Of(time, "yyyy"),
        'y' => Of(time, "yy"),
        'm' => Of(time, "MM"),
        'd' => Of(time, "dd"),
        'e' => time.Day.ToString("0", CultureInfo.InvariantCulture).PadLeft(2),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'H' => Of(time, "HH"),
        'I' => Of(time, "hh"),
        'M' => Of(time, "mm"),
        'S' => Of(time, "ss"),
        'p' => Of(time, "tt"),
        'a' => Of(time, "ddd"),
        'A' => Of(time, "dddd"),
        'b' or 'h' => Of(time, "MMM"),
        'B' => Of(time, "MMMM"),
        'F' => Of(time, "yyyy-MM-dd"),
        'T' => Of(time, "HH:mm:ss"),
        'R' => Of(time, "HH:mm"),
        'D' => Of(time, "MM'/'dd'/'yy"),
        'z' => "+0000",
        'Z' => "UTC",
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'f' => Nanoseconds(time),
        '%' => "%",
        _ => $"%{conversion}",
    };

    private static string Of(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    private static string Nanoseconds(DateTimeOffset time) => (time.Ticks % TimeSpan.TicksPerSecond * 100).ToString("000000000", CultureInfo.InvariantCulture);
}
