using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Measuring;
using Zoneway.LoadTest.Reporting;

namespace Zoneway.LoadTest.Tests.Reporting;

public sealed class MetricRowTests
{
    [Fact]
    public void Of_HigherIsBetter_ComparesWithTheHighestPeer()
    {
        var row = Row(Metric.Messages, [FakeContender.Sample(1, 50)], [FakeContender.Sample(1, 100)], [FakeContender.Sample(1, 80)]);

        Assert.Equal("one", row.BestPeer?.Contender.Name);
        Assert.Equal(0.5, row.Cells[0].RatioToBestPeer);
        Assert.Null(row.Cells[1].RatioToBestPeer);
    }

    [Fact]
    public void Of_LowerIsBetter_ComparesWithTheLowestPeer()
    {
        var row = Row(Metric.ProxyPerMessage, [FakeContender.Sample(1, 50)], [FakeContender.Sample(1, 100)], [FakeContender.Sample(1, 80)]);

        Assert.Equal("one", row.BestPeer?.Contender.Name);
        Assert.Equal(2, row.Cells[0].RatioToBestPeer);
    }

    [Fact]
    public void Of_MachineSlowInOneRound_ComparesWithinRounds()
    {
        // Everyone is at a tenth in the second round, and the subject has no sample of the third.
        var row = Row(
            Metric.Messages,
            [FakeContender.Sample(1, 90), FakeContender.Sample(2, 9)],
            [FakeContender.Sample(1, 100), FakeContender.Sample(2, 10), FakeContender.Sample(3, 100)],
            []);

        Assert.Equal(0.9, row.Cells[0].RatioToBestPeer!.Value, 6);
    }

    [Fact]
    public void Of_NoisySampleAmongQuietOnes_IsLeftOut()
    {
        var cell = Row(Metric.Messages, [FakeContender.Sample(1, 50), FakeContender.Sample(2, 10, foreignProcessors: 0.5)], [], []).Cells[0];

        Assert.Equal((50.0, 1, false), (cell.Median, cell.LeftOut, cell.IsNoisy));
    }

    [Fact]
    public void Of_OnlyNoisySamples_CountsAndMarksThem()
    {
        var cell = Row(Metric.Messages, [FakeContender.Sample(1, 50, foreignProcessors: 0.5)], [], []).Cells[0];

        Assert.Equal((50.0, 0, true), (cell.Median, cell.LeftOut, cell.IsNoisy));
    }

    [Fact]
    public void Of_FailedSamples_AreLeftOut()
    {
        var cell = Row(Metric.Messages, [FakeContender.Sample(1, 50, failures: 1), FakeContender.Sample(2, 60, wrongBytes: 1)], [], []).Cells[0];

        Assert.Equal((null, 2), (cell.Median, cell.LeftOut));
    }

    private static MetricRow Row(Metric metric, Sample[] subject, Sample[] first, Sample[] second)
    {
        var samples = new Dictionary<Contender, Sample[]> { [FakeContender.Subject] = subject, [FakeContender.FirstPeer] = first, [FakeContender.SecondPeer] = second };
        return MetricRow.Of(metric, [.. samples.Keys], contender => samples[contender]);
    }
}
