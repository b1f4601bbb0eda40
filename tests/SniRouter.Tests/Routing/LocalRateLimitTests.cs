using Zoneway.SniRouter.Routing;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Routing;

public sealed class LocalRateLimitTests
{
    private static readonly LocalRateLimitConfig Config = new("p", MaxTokens: 3, TokensPerFill: 2, TimeSpan.FromMilliseconds(100));

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    [InlineData(long.MaxValue / 4)]
    public void TryTake_New_IsFull(long now)
    {
        var limit = new LocalRateLimit(Config);

        Assert.Equal(3, Take(limit, now, 10));
        Assert.Equal(7, limit.RateLimited);
    }

    [Fact]
    public void TryTake_EveryFill_AddsUpToTheMost()
    {
        var limit = new LocalRateLimit(Config);
        Take(limit, 1000, 3);

        Assert.Equal(0, Take(limit, 1099, 5));
        Assert.Equal(2, Take(limit, 1100, 5));
        Assert.Equal(0, Take(limit, 1199, 5));
        Assert.Equal(3, Take(limit, 1_000_000, 5));
    }

    [Fact]
    public void TryTake_TellsWhatIsLeft_AndUntilFillWhenMoreComes()
    {
        var limit = new LocalRateLimit(Config);

        Assert.True(limit.TryTake(1000, out var left));
        Assert.Equal(2u, left);
        Take(limit, 1000, 2);
        Assert.False(limit.TryTake(1030, out left));
        Assert.Equal((0u, TimeSpan.FromMilliseconds(70)), (left, limit.UntilFill(1030)));
    }

    [Fact]
    public void TryTake_ClockALittleBehind_GetsNoFill()
    {
        var limit = new LocalRateLimit(Config);
        Take(limit, 1000, 3);

        Assert.Equal(0, Take(limit, 900, 5));
    }

    [Fact]
    public void TryTake_HugeNumbers_DoNotOverflow()
    {
        var limit = new LocalRateLimit(new("p", uint.MaxValue, uint.MaxValue, TimeSpan.FromMilliseconds(50)));

        Assert.True(limit.TryTake(1));
        Assert.True(limit.TryTake(50L * int.MaxValue));
        Assert.True(limit.TryTake(50L * uint.MaxValue));
        Assert.True(limit.TryTake(long.MaxValue));
    }

    [Fact]
    public async Task TryTake_ManyThreads_NoTokenTwice()
    {
        var limit = new LocalRateLimit(new("p", 10_000, 1, TimeSpan.FromDays(1)));
        int taken = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Interlocked.Add(ref taken, Take(limit, 5, 5_000))))).WithinLimit();

        Assert.Equal((10_000, 30_000L), (taken, limit.RateLimited));
    }

    private static int Take(LocalRateLimit limit, long now, int attempts)
    {
        int taken = 0;
        for (int i = 0; i < attempts; i++)
        {
            taken += limit.TryTake(now) ? 1 : 0;
        }

        return taken;
    }
}
