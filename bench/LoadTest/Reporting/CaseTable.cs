using Zoneway.LoadTest.Cases;
using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Measuring;

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

/// <summary>One metric over all contenders.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Cells">In the order of the contenders.</param>
/// <param name="BestPeer">The best median of the peers; null when there is none.</param>
internal sealed record MetricRow(Metric Metric, IReadOnlyList<Cell> Cells, double? BestPeer)
{
    public static MetricRow Of(Metric metric, IReadOnlyList<Contender> contenders, Func<Contender, IReadOnlyList<Sample>> samples)
    {
        var cells = contenders.Select(contender => Cell.Of(metric, contender, samples(contender))).ToList();
        var peers = cells.Where(cell => cell is { Contender.Role: ContenderRole.Peer, Median: not null }).Select(cell => cell.Median!.Value).ToList();
        double? best = peers.Count == 0 ? null : metric.IsHigherBetter ? peers.Max() : peers.Min();
        return new MetricRow(metric, [.. cells.Select(cell => cell.Compare(best))], best);
    }
}

/// <summary>One metric of one contender.</summary>
internal sealed record Cell
{
    public required Contender Contender { get; init; }

    /// <summary>Median of the samples that count; null when there is none.</summary>
    public double? Median { get; init; }

    /// <summary>Median divided by that of the best peer; null for the peers themselves.</summary>
    public double? RatioToBestPeer { get; init; }

    /// <summary>The samples that count.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>Samples left out because something failed, or as too noisy where there were quiet ones.</summary>
    public int LeftOut { get; init; }

    /// <summary>Whether there were only noisy samples.</summary>
    public bool IsNoisy { get; init; }

    public static Cell Of(Metric metric, Contender contender, IReadOnlyList<Sample> samples)
    {
        var valid = samples.Where(sample => sample.IsValid).ToList();
        var quiet = valid.Where(sample => !sample.IsNoisy).ToList();
        var counting = quiet.Count > 0 ? quiet : valid;
        var values = counting.Select(metric.Value).OfType<double>().Where(double.IsFinite).ToList();
        return new Cell { Contender = contender, Values = values, Median = Figures.Median(values), LeftOut = samples.Count - counting.Count, IsNoisy = quiet.Count == 0 && valid.Count > 0 };
    }

    public Cell Compare(double? bestPeer) =>
        this with { RatioToBestPeer = Contender.Role == ContenderRole.Subject && Median is { } median && bestPeer is { } best && best != 0 ? median / best : null };
}
