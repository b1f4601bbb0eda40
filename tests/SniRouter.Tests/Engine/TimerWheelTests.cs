using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.SniRouter.Engine;

namespace Zoneway.SniRouter.Tests.Engine;

[SupportedOSPlatform("linux")]
public sealed class TimerWheelTests : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging(static _ => { }).AddSniRouter(options => options.Concurrency = 1).BuildServiceProvider();
    private readonly TimerWheel _wheel = new(now: 1000);
    private readonly List<PassthroughConnection> _expired = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _services.DisposeAsync().AsTask();

    [Fact]
    public void Advance_DeadlinePassed_HandsOutTheConnectionOnce()
    {
        var connection = Connection(0);
        _wheel.Set(connection, 1250);

        Assert.Empty(Advance(1200));
        Assert.Equal([connection], Advance(1300));
        Assert.Empty(Advance(9000));
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(1100)]
    [InlineData(52_199)]
    [InlineData(60_000)]
    [InlineData(3_601_000)]
    public void Advance_AnyDeadline_FiresAtMostASlotLateAndNeverEarly(long deadline)
    {
        _wheel.Set(Connection(0), deadline);

        long now = 1000;
        while (_expired.Count == 0)
        {
            now += TimerWheel.SlotMilliseconds;
            Advance(now);
            Assert.True(now <= deadline + TimerWheel.SlotMilliseconds, $"not yet at {now}");
        }

        Assert.True(now >= deadline);
    }

    [Fact]
    public void Advance_LongAfterEverything_HandsOutAll()
    {
        for (int i = 0; i < 100; i++)
        {
            _wheel.Set(Connection(i), 1000 + (i * 777));
        }

        Assert.Equal(100, Advance(10_000_000).Count);
        Assert.Equal(long.MaxValue, _wheel.NextTurn());
    }

    [Fact]
    public void Clear_AnyOfASlot_LeavesTheOthers()
    {
        var connections = Enumerable.Range(0, 5).Select(Connection).ToList();
        connections.ForEach(connection => _wheel.Set(connection, 2000));

        _wheel.Clear(connections[2]);
        _wheel.Clear(connections[0]);
        _wheel.Clear(connections[4]);

        Assert.Equal([connections[1], connections[3]], Advance(2000).OrderBy(connection => connection.Slot));
    }

    [Fact]
    public void Set_Again_OnlyTheLastDeadlineCounts()
    {
        var connection = Connection(0);
        _wheel.Set(connection, 1200);
        _wheel.Set(connection, 5000);

        Assert.Empty(Advance(4900));
        Assert.Single(Advance(5000));
    }

    [Fact]
    public void NextTurn_TellsTheSlotOfTheEarliestDeadline()
    {
        Assert.Equal(long.MaxValue, _wheel.NextTurn());
        _wheel.Set(Connection(0), 7777);
        _wheel.Set(Connection(1), 3333);

        Assert.Equal(3400, _wheel.NextTurn());
    }

    private List<PassthroughConnection> Advance(long now)
    {
        _expired.Clear();
        _wheel.Advance(now, _expired.Add);
        return _expired;
    }

    // Only its timer entry is used.
    private PassthroughConnection Connection(int slot) => new(_services.GetRequiredService<EngineContext>().Loops[0], slot);
}
