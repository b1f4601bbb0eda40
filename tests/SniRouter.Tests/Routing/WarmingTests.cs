using Microsoft.Extensions.Logging.Abstractions;
using Zoneway.SniRouter.Routing;
using Zoneway.TestUtilities;
using static Zoneway.SniRouter.Tests.Routing.RoutingConfigs;

namespace Zoneway.SniRouter.Tests.Routing;

/// <summary>A changed listener keeps its previous chains until the clusters it now names have endpoints, but not for ever.</summary>
public sealed class WarmingTests : IDisposable
{
    private static readonly TimeSpan JustBefore = DataPlaneUpdater.WarmingTimeout - TimeSpan.FromMilliseconds(1);

    private readonly RouteTable _routes = new();
    private readonly RecordingBinder _binder = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly DataPlaneUpdater _updater;

    public WarmingTests() => _updater = new DataPlaneUpdater(_routes, _binder, _clock, NullLogger<DataPlaneUpdater>.Instance);

    public void Dispose() => _updater.Dispose();

    [Fact]
    public async Task Apply_ClusterWithoutEndpointsYet_ListenerKeepsItsChains()
    {
        await _updater.ApplyAsync(new() { Clusters = [Eds("old")], Assignments = [Endpoints("old", 1)], Listeners = [Listener("l", 10, "old")] });

        await _updater.ApplyAsync(new() { Clusters = [Eds("new")], Listeners = [Listener("l", 10, "new")] });
        Assert.Equal(["old"], Chains("l"));

        await _updater.ApplyAsync(new() { Assignments = [Endpoints("new")] });
        Assert.Equal(["new"], Chains("l"));
    }

    [Fact]
    public async Task Apply_NewListener_IsBoundWhenItIsWarm()
    {
        await _updater.ApplyAsync(new() { Clusters = [Eds("c")], Listeners = [Listener("l", 10, "c")] });
        Assert.Empty(_binder.Calls);

        await _updater.ApplyAsync(new() { Assignments = [Endpoints("c", 1)] });
        Assert.Equal(["bind l 10"], _binder.Calls);
    }

    [Fact]
    public async Task Apply_DefaultChainsCluster_IsWaitedForToo()
    {
        await _updater.ApplyAsync(new() { Clusters = [Eds("c")], Listeners = [Listener("l", 10) with { DefaultFilterChain = Chain("c", "c") }] });
        Assert.Empty(_binder.Calls);

        await _updater.ApplyAsync(new() { Assignments = [Endpoints("c", 1)] });
        Assert.Equal(["bind l 10"], _binder.Calls);
    }

    [Fact]
    public async Task Timeout_EndpointsDoNotCome_ListenerIsAppliedWithoutThem()
    {
        await _updater.ApplyAsync(new() { Clusters = [Eds("c")], Listeners = [Listener("l", 10, "c")] });

        _clock.Advance(JustBefore);
        Assert.Empty(_routes.Current.Listeners);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await Eventually.TrueAsync(() => _routes.Current.Listeners.ContainsKey("l"));
    }

    [Fact]
    public async Task Timeout_OtherUpdatesKeepComing_IsNotPutOff()
    {
        await _updater.ApplyAsync(new() { Clusters = [Eds("cold"), Eds("warm")], Listeners = [Listener("l", 10, "cold")] });

        for (int second = 1; second <= 4; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await _updater.ApplyAsync(new() { Assignments = [Endpoints("warm", second)] });
        }

        Assert.Empty(_routes.Current.Listeners);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => _routes.Current.Listeners.ContainsKey("l"));
    }

    [Fact]
    public async Task Timeout_ListenerChangesOverAndOver_FirstChangeCounts()
    {
        await _updater.ApplyAsync(new() { Clusters = [Eds("c1"), Eds("c2")], Listeners = [Listener("l", 10, "c1")] });
        _clock.Advance(JustBefore);
        await _updater.ApplyAsync(new() { Listeners = [Listener("l", 10, "c2")] });

        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await Eventually.TrueAsync(() => _routes.Current.Listeners.ContainsKey("l"));
        Assert.Equal(["c2"], Chains("l"));
    }

    [Fact]
    public async Task Timeout_TwoListeners_EachHasItsOwnTime()
    {
        await _updater.ApplyAsync(new() { Clusters = [Eds("c")], Listeners = [Listener("first", 10, "c")] });
        _clock.Advance(TimeSpan.FromSeconds(3));
        await _updater.ApplyAsync(new() { Listeners = [Listener("second", 11, "c")] });

        _clock.Advance(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync(() => _routes.Current.Listeners.ContainsKey("first"));
        Assert.DoesNotContain("second", _routes.Current.Listeners.Keys);

        _clock.Advance(TimeSpan.FromSeconds(3));
        await Eventually.TrueAsync(() => _routes.Current.Listeners.ContainsKey("second"));
    }

    [Fact]
    public async Task Apply_WaitingListenerRemoved_NeverComes()
    {
        await _updater.ApplyAsync(new() { Clusters = [Eds("c")], Listeners = [Listener("l", 10, "c")] });

        await _updater.ApplyAsync(new() { RemovedListeners = ["l"] });
        await _updater.ApplyAsync(new() { Assignments = [Endpoints("c", 1)] });
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(_routes.Current.Listeners);
        Assert.DoesNotContain("bind l 10", _binder.Calls);
    }

    [Fact]
    public async Task Apply_WaitingListenerNoLongerNamesTheColdCluster_IsAppliedAtOnce()
    {
        await _updater.ApplyAsync(new() { Clusters = [Eds("cold"), Eds("warm")], Assignments = [Endpoints("warm", 1)], Listeners = [Listener("l", 10, "cold")] });

        await _updater.ApplyAsync(new() { Listeners = [Listener("l", 10, "warm")] });

        Assert.Equal(["warm"], Chains("l"));
    }

    [Fact]
    public void Dispose_ListenersWaiting_TimerIsGone()
    {
        _updater.Dispose();

        Assert.Equal(0, _clock.RunningTimers);
    }

    private IEnumerable<string> Chains(string listener) => _routes.Current.Listeners[listener].FilterChains.Select(chain => chain.Name);
}
