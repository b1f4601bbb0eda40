using System.Globalization;

namespace Zoneway.LoadTest.Reporting;

/// <summary>Medians, and numbers as text.</summary>
internal static class Figures
{
    /// <summary>The middle value, or the mean of the two in the middle; null when there is none.</summary>
    public static double? Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
        {
            return null;
        }

        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>Three significant digits, or all before the point.</summary>
    public static string Format(double value) => value.ToString(
        Math.Abs(value) switch
        {
            0 or >= 100 => "0",
            >= 10 => "0.0",
            >= 1 => "0.00",
            _ => "0.000",
        },
        CultureInfo.InvariantCulture);
}
