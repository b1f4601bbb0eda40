using Zoneway.SniRouter.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

public sealed class IdleTimerTests
{
    private readonly ManualTimeProvider _clock = new();
    private int _expired;

    [Fact]
    public async Task ShortenSinceLastActivity_SilentForLonger_ExpiresAtOnce()
    {
        using var timer = Create(TimeSpan.FromHours(1));
        _clock.Advance(TimeSpan.FromMinutes(20));

        timer.ShortenSinceLastActivity(TimeSpan.FromMinutes(10));

        // On a thread of the pool.
        await Eventually.TrueAsync(() => Volatile.Read(ref _expired) == 1);
    }

    [Fact]
    public void ShortenSinceLastActivity_ActiveMeanwhile_ExpiresWhenSilentForThatLong()
    {
        using var timer = Create(TimeSpan.FromHours(1));
        _clock.Advance(TimeSpan.FromMinutes(20));
        timer.Active();
        _clock.Advance(TimeSpan.FromMinutes(4));

        timer.ShortenSinceLastActivity(TimeSpan.FromMinutes(10));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, _expired);
        _clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(1, _expired);
    }

    [Fact]
    public void ShortenSinceLastActivity_LongerTime_ChangesNothing()
    {
        using var timer = Create(TimeSpan.FromMinutes(1));

        timer.ShortenSinceLastActivity(TimeSpan.FromHours(1));
        _clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(1, _expired);
    }

    private IdleTimer Create(TimeSpan timeout) => new(_clock, timeout, () => Interlocked.Increment(ref _expired));
}
