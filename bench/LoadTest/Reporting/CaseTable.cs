using Zoneway.LoadTest.Cases;
using Zoneway.LoadTest.Contenders;

namespace Zoneway.LoadTest.Reporting;

/// <summary>The figures of one case: a row per metric, a cell per contender.</summary>
internal sealed record CaseTable(BenchCase Case, IReadOnlyList<Contender> Contenders, IReadOnlyList<MetricRow> Rows)
{
    public static CaseTable Of(ResultBook results, BenchCase benchCase)
    {
        var contenders = results.Contenders.Where(contender => results.Samples(benchCase, contender).Count > 0).ToList();
        return new CaseTable(benchCase, contenders, [.. benchCase.Metrics.Select(metric => MetricRow.Of(metric, contenders, contender => results.Samples(benchCase, contender)))]);
    }
}
