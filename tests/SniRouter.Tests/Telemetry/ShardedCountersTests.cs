using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Tests.Telemetry;

public sealed class ShardedCountersTests
{
    [Fact]
    public async Task Add_ManyThreads_NothingIsLost()
    {
        var counters = new ShardedCounters(2);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 50_000; i++)
            {
                counters.Add(0, 1);
                counters.Add(1, 3);
            }
        })));

        Assert.Equal((400_000L, 1_200_000L), (counters.Sum(0), counters.Sum(1)));
    }

    [Fact]
    public void Sum_NothingCounted_Zero() => Assert.Equal(0, new ShardedCounters(1).Sum(0));
}
