namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>The arithmetic of Envoy's success rate detection. Pure.</summary>
internal static class SuccessRates
{
    /// <summary>The rate, in percent, below which an endpoint is an outlier: the mean less so many standard deviations (of the whole population).</summary>
    /// <param name="rates">The rates of the endpoints in percent; at least one.</param>
    /// <param name="deviations">How many standard deviations.</param>
    public static double Threshold(IReadOnlyCollection<double> rates, double deviations)
    {
        var mean = rates.Average();
        var variance = rates.Sum(rate => (rate - mean) * (rate - mean)) / rates.Count;
        return mean - (deviations * Math.Sqrt(variance));
    }
}

/// <summary>How many of an endpoint's answers were good in the current interval. Any number of threads add; the sweep takes.</summary>
internal struct SuccessCounter
{
    private long _total;
    private long _good;

    public void Add(bool good)
    {
        Interlocked.Increment(ref _total);
        if (good)
        {
            Interlocked.Increment(ref _good);
        }
    }

    /// <summary>Takes what was counted and begins anew.</summary>
    /// <returns>Number of answers, and the percentage of good ones; 100 without any.</returns>
    public (long Volume, double Rate) Take()
    {
        var good = Interlocked.Exchange(ref _good, 0);
        var total = Interlocked.Exchange(ref _total, 0);
        // An answer may have been counted between the two.
        return (total, total == 0 ? 100 : Math.Min(100, good * 100.0 / total));
    }
}
