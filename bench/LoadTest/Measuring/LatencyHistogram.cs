using System.Numerics;

namespace Zoneway.LoadTest.Measuring;

/// <summary>
/// Counts times in nanoseconds in buckets whose width grows with the value: 128 per power of two, so that a value read back is at most 0.8 % above the
/// true one, as HdrHistogram does with two digits. Recording is a shift and an increment.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int BucketBits = 7;
    private const int BucketsPerPower = 1 << BucketBits;

    // Up to 2^40 ns, 18 minutes; what is longer counts in the last bucket.
    private const int Powers = 40 - BucketBits + 1;

    private readonly long[] _counts = new long[Powers * BucketsPerPower];

    /// <summary>Values recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The greatest value recorded, exactly.</summary>
    public long Max { get; private set; }

    public void Record(long nanoseconds)
    {
        var value = Math.Max(nanoseconds, 0);
        _counts[Index(value)]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    /// <summary>Adds all that another has recorded.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The value that a share of all values does not exceed, in nanoseconds; 0 when nothing was recorded.</summary>
    /// <param name="share">From 0 to 1, such as 0.99.</param>
    public long Quantile(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(UpperEdge(i), Max);
            }
        }

        return Max;
    }

    // Values below 2^7 have a bucket each; above, the power of two chooses a row and the next seven bits the bucket in it.
    private static int Index(long value)
    {
        var power = Math.Max(BitOperations.Log2((ulong)value | 1) - BucketBits, 0);
        var index = value < BucketsPerPower ? (int)value : ((power + 1) << BucketBits) + (int)((value >> power) - BucketsPerPower);
        return Math.Min(index, (Powers * BucketsPerPower) - 1);
    }

    private static long UpperEdge(int index)
    {
        if (index < BucketsPerPower)
        {
            return index;
        }

        var power = (index >> BucketBits) - 1;
        return ((index & (BucketsPerPower - 1)) + BucketsPerPower + 1L << power) - 1;
    }
}

/// <summary>What is reported of a histogram, in microseconds.</summary>
internal sealed record LatencySummary(long Count, double P50, double P99, double P999, double Max)
{
    public static LatencySummary Of(LatencyHistogram histogram) => new(
        histogram.Count, histogram.Quantile(0.5) / 1e3, histogram.Quantile(0.99) / 1e3, histogram.Quantile(0.999) / 1e3, histogram.Max / 1e3);
}
