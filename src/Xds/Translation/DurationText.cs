using System.Globalization;

namespace Zoneway.Xds.Translation;

/// <summary>Durations as people write them: <c>1h</c>, <c>90s</c>, <c>250ms</c>.</summary>
internal static class DurationText
{
    /// <summary>The shortest such text that loses nothing down to a millisecond.</summary>
    public static string Of(TimeSpan time) =>
        time.Ticks % TimeSpan.TicksPerHour == 0 && time > TimeSpan.Zero ? Text(time.TotalHours, "h")
        : time.Ticks % TimeSpan.TicksPerMinute == 0 && time > TimeSpan.Zero ? Text(time.TotalMinutes, "m")
        : time.Ticks % TimeSpan.TicksPerSecond == 0 ? Text(time.TotalSeconds, "s")
        : Text(Math.Round(time.TotalMilliseconds), "ms");

    private static string Text(double number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
}
