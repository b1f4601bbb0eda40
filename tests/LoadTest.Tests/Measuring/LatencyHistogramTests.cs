using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Tests.Measuring;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Quantile_NothingRecorded_IsZero() => Assert.Equal(0, new LatencyHistogram().Quantile(0.99));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65_537)]
    [InlineData(1_000_000_007)]
    public void Quantile_OneValue_IsThatValue(long nanoseconds)
    {
        var histogram = new LatencyHistogram();

        histogram.Record(nanoseconds);

        Assert.Equal(nanoseconds, histogram.Quantile(0.5));
        Assert.Equal(nanoseconds, histogram.Max);
    }

    [Fact]
    public void Quantile_ManyValues_IsAtMostOnePercentAboveTheTrueOne()
    {
        var random = new Random(1);
        var histogram = new LatencyHistogram();
        var values = Enumerable.Range(0, 10_000).Select(_ => (long)Math.Exp(random.NextDouble() * 25)).Order().ToArray();

        foreach (var value in values)
        {
            histogram.Record(value);
        }

        foreach (var share in new[] { 0.01, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            var expected = values[(int)Math.Ceiling(share * values.Length) - 1];
            Assert.InRange(histogram.Quantile(share), expected, (long)(expected * 1.008) + 1);
        }
    }

    [Fact]
    public void Record_BeyondTheLastBucket_CountsThere()
    {
        var histogram = new LatencyHistogram();

        histogram.Record(long.MaxValue);
        histogram.Record(-1);

        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.Quantile(0.5));
        Assert.InRange(histogram.Quantile(1), 1L << 39, long.MaxValue);
    }

    [Fact]
    public void Add_Another_CountsAsIfRecordedHere()
    {
        var (one, other) = (new LatencyHistogram(), new LatencyHistogram());
        one.Record(10);
        other.Record(1_000_000);
        other.Record(20);

        one.Add(other);

        Assert.Equal((3, 1_000_000, 20), (one.Count, one.Max, one.Quantile(0.5)));
    }
}
