using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Reporting;

/// <summary>One metric of one contender.</summary>
internal sealed record Cell
{
    public required Contender Contender { get; init; }

    /// <summary>The samples that count, by round.</summary>
    public required IReadOnlyDictionary<int, double> Values { get; init; }

    /// <summary>Median of the samples that count; null when there is none.</summary>
    public double? Median => Figures.Median(Values.Values);

    /// <summary>
    /// Median over the rounds of this value divided by that of the best peer in the same round: what slows the machine down for a while slows both. Null for the peers themselves.
    /// </summary>
    public double? RatioToBestPeer { get; init; }

    /// <summary>Samples left out because something failed, or as too noisy where there were quiet ones.</summary>
    public int LeftOut { get; init; }

    /// <summary>Whether there were only noisy samples.</summary>
    public bool IsNoisy { get; init; }

    public static Cell Of(Metric metric, Contender contender, IReadOnlyList<Sample> samples)
    {
        var valid = samples.Where(sample => sample.IsValid).ToList();
        var quiet = valid.Where(sample => !sample.IsNoisy).ToList();
        var counting = quiet.Count > 0 ? quiet : valid;
        return new Cell
        {
            Contender = contender,
            Values = counting.Where(sample => metric.Value(sample) is { } value && double.IsFinite(value))
                .ToDictionary(sample => sample.Round, sample => metric.Value(sample)!.Value),
            LeftOut = samples.Count - counting.Count,
            IsNoisy = quiet.Count == 0 && valid.Count > 0,
        };
    }

    /// <summary>This cell with its ratio to the best peer, if it is to have one.</summary>
    public Cell Compare(Cell? bestPeer) => Contender.Role == ContenderRole.Subject && bestPeer is not null ? this with { RatioToBestPeer = Ratio(bestPeer) } : this;

    private double? Ratio(Cell peer)
    {
        var paired = Values.Where(entry => peer.Values.TryGetValue(entry.Key, out var other) && other != 0).Select(entry => entry.Value / peer.Values[entry.Key]).ToList();
        return paired.Count > 0 ? Figures.Median(paired) : peer.Median is { } median and not 0 ? Median / median : null;
    }
}
