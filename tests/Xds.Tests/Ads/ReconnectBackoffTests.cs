using Zoneway.Xds.Ads;

namespace Zoneway.Xds.Tests.Ads;

public sealed class ReconnectBackoffTests
{
    [Fact]
    public void Next_AnyRandomNumber_StaysBelowABoundThatDoublesToTheCap()
    {
        var backoff = new ReconnectBackoff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30), new Random(7));

        var bound = TimeSpan.FromMilliseconds(500);
        for (var i = 0; i < 200; i++)
        {
            Assert.InRange(backoff.Next(), TimeSpan.Zero, bound);
            bound = bound * 2 > TimeSpan.FromSeconds(30) ? TimeSpan.FromSeconds(30) : bound * 2;
        }
    }

    [Fact]
    public void Reset_AfterMany_StartsAnew()
    {
        var backoff = new ReconnectBackoff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30), new FixedRandom(1));
        backoff.Next();
        backoff.Next();

        backoff.Reset();

        Assert.Equal(TimeSpan.FromMilliseconds(500), backoff.Next());
    }
}
