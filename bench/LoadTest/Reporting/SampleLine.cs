using Zoneway.LoadTest.Cases;
using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Reporting;

/// <summary>One sample on one line, for those who watch.</summary>
internal static class SampleLine
{
    public static string Format(BenchCase benchCase, Contender contender, Sample sample)
    {
        var figures = benchCase.Metrics.Select(metric => (metric, value: metric.Value(sample)))
            .Where(entry => entry.value is { } value && double.IsFinite(value))
            .Select(entry => $"{entry.metric.Name} {Figures.Format(entry.value!.Value)} {entry.metric.Unit}".TrimEnd());
        var remarks = (sample.IsNoisy ? " [noisy]" : "") + (sample.IsValid ? "" : " [failed]");
        return $"  {benchCase.Name,-14} {contender.Name,-16} {string.Join(", ", figures)}{remarks}";
    }
}
