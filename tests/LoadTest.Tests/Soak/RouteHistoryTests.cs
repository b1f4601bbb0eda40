using Zoneway.LoadTest.Soak;

namespace Zoneway.LoadTest.Tests.Soak;

public sealed class RouteHistoryTests
{
    private readonly RouteHistory _history = new(2, route => route, TimeSpan.FromSeconds(5));

    [Fact]
    public void MayAnswer_NothingChanged_OnlyTheFirstBackend()
    {
        Assert.True(_history.MayAnswer(1, 1, At(100)));
        Assert.False(_history.MayAnswer(1, 0, At(100)));
        Assert.False(_history.MayRefuse(1, At(100)));
    }

    [Fact]
    public void MayAnswer_MovedDuringTheConnection_BothBackends()
    {
        _history.Move(0, 7, At(100));

        Assert.True(_history.MayAnswer(0, 0, At(99)));
        Assert.True(_history.MayAnswer(0, 7, At(99)));
        Assert.False(_history.MayAnswer(0, 3, At(99)));
    }

    [Fact]
    public void MayAnswer_MovedLongBefore_OnlyTheNewBackend()
    {
        _history.Move(0, 7, At(100));

        Assert.True(_history.MayAnswer(0, 0, At(104)));
        Assert.False(_history.MayAnswer(0, 0, At(106)));
        Assert.True(_history.MayAnswer(0, 7, At(106)));
    }

    [Fact]
    public void MayRefuse_RouteTakenAway_OnlyThenAndShortlyAfter()
    {
        _history.Set(0, isPresent: false, At(100));
        _history.Set(0, isPresent: true, At(110));

        Assert.True(_history.MayRefuse(0, At(90)));
        Assert.True(_history.MayRefuse(0, At(108)));
        Assert.True(_history.MayRefuse(0, At(114)));
        Assert.False(_history.MayRefuse(0, At(116)));
        Assert.True(_history.MayAnswer(0, 0, At(116)));
        Assert.False(_history.MayRefuse(1, At(108)));
    }

    [Fact]
    public void MayAnswer_ManyMoves_RemembersWhatCounts()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _history.Move(0, i % 8, At(i));
        }

        Assert.True(_history.MayAnswer(0, 9_999 % 8, At(10_000)));
        Assert.True(_history.MayAnswer(0, 9_996 % 8, At(10_000)));
        Assert.False(_history.MayAnswer(0, 9_992 % 8, At(10_000)));
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);
}
