using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Reporting;

/// <summary>One metric over all contenders.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Cells">In the order of the contenders.</param>
/// <param name="BestPeer">The peer with the best median; null when there is none.</param>
internal sealed record MetricRow(Metric Metric, IReadOnlyList<Cell> Cells, Cell? BestPeer)
{
    public static MetricRow Of(Metric metric, IReadOnlyList<Contender> contenders, Func<Contender, IReadOnlyList<Sample>> samples)
    {
        var cells = contenders.Select(contender => Cell.Of(metric, contender, samples(contender))).ToList();
        var peers = cells.Where(cell => cell is { Contender.Role: ContenderRole.Peer, Median: not null });
        var best = metric.IsHigherBetter ? peers.MaxBy(cell => cell.Median) : peers.MinBy(cell => cell.Median);
        return new MetricRow(metric, [.. cells.Select(cell => cell.Compare(best))], best);
    }
}
