using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Routing;

public sealed class DataPlaneUpdaterTests : IDisposable
{
    private readonly RouteTable _routes = new();
    private readonly RecordingBinder _binder = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly DataPlaneUpdater _updater;

    public DataPlaneUpdaterTests() => _updater = new DataPlaneUpdater(_routes, _binder, _clock, NullLogger<DataPlaneUpdater>.Instance);

    public void Dispose() => _updater.Dispose();

    [Fact]
    public async Task Apply_EverythingAtOnce_IsRoutedAndBound()
    {
        await ApplyAsync(new() { Clusters = [Eds("c")], Assignments = [Endpoints("c", 1)], Listeners = [Listener("l", 10, "c")] });

        Assert.Equal(["bind l 10"], _binder.Calls);
        Assert.Equal([1], PortsOf(Target("l")));
    }

    [Fact]
    public async Task Apply_ListenerAndItsClusters_OnePublishBeforeTheBind()
    {
        RouteSnapshot? seen = null;
        _binder.OnCall = () => seen = _routes.Current;

        await ApplyAsync(new()
        {
            Clusters = [Eds("c1"), Eds("c2")],
            Assignments = [Endpoints("c1", 1), Endpoints("c2", 2)],
            Listeners = [Listener("l1", 10, "c1"), Listener("l2", 11, "c2")],
        });

        Assert.Same(seen, _routes.Current);
        Assert.Equal(["l1", "l2"], seen!.Listeners.Keys.Order());
    }

    [Fact]
    public async Task Apply_OnlyEndpoints_NoPublishAndNoBind()
    {
        await ApplyAsync(new() { Clusters = [Eds("c")], Assignments = [Endpoints("c", 1)], Listeners = [Listener("l", 10, "c")] });
        var before = _routes.Current;
        _binder.Calls.Clear();

        await ApplyAsync(new() { Assignments = [Endpoints("c", 2, 3)] });

        Assert.Same(before, _routes.Current);
        Assert.Empty(_binder.Calls);
        Assert.Equal([2, 3], PortsOf(Target("l")));
    }

    [Fact]
    public async Task Apply_AssignmentBeforeItsCluster_IsKept()
    {
        await ApplyAsync(new() { Assignments = [Endpoints("c", 1)] });
        await ApplyAsync(new() { Clusters = [Eds("c")], Listeners = [Listener("l", 10, "c")] });

        Assert.Equal([1], PortsOf(Target("l")));
    }

    [Fact]
    public async Task Apply_AssignmentRemovedBeforeItsClusterCame_IsForgotten()
    {
        await ApplyAsync(new() { Assignments = [Endpoints("c", 1)] });
        await ApplyAsync(new() { RemovedAssignments = ["c"] });
        await ApplyAsync(new() { Clusters = [Eds("c")] });

        Assert.False(Cluster("c").IsWarm);
    }

    [Fact]
    public async Task Apply_AssignmentRemoved_ClusterKeepsItsEndpoints()
    {
        await ApplyAsync(new() { Clusters = [Eds("c")], Assignments = [Endpoints("c", 1)] });
        await ApplyAsync(new() { RemovedAssignments = ["c"] });

        Assert.Equal([1], PortsOf(Cluster("c")));
    }

    [Fact]
    public async Task Apply_EdsServiceName_IsWhatAssignmentsGoBy()
    {
        await ApplyAsync(new() { Clusters = [Eds("c1", "service"), Eds("c2", "service"), Eds("service")], Assignments = [Endpoints("service", 1), Endpoints("c1", 2)] });

        Assert.All(["c1", "c2", "service"], name => Assert.Equal([1], PortsOf(Cluster(name))));
    }

    [Fact]
    public async Task Apply_EdsServiceNameChanged_EndpointsOfTheNewNameThatAreHereAlready()
    {
        await ApplyAsync(new() { Clusters = [Eds("c", "old")], Assignments = [Endpoints("old", 1), Endpoints("new", 2)] });

        await ApplyAsync(new() { Clusters = [Eds("c", "new")] });
        Assert.Equal([2], PortsOf(Cluster("c")));

        await ApplyAsync(new() { Assignments = [Endpoints("old", 3)] });
        Assert.Equal([2], PortsOf(Cluster("c")));
    }

    [Fact]
    public async Task Apply_EdsServiceNameChangedToOneThatIsStillToCome_KeepsTheEndpointsUntilThen()
    {
        await ApplyAsync(new() { Clusters = [Eds("c", "old")], Assignments = [Endpoints("old", 1)] });

        await ApplyAsync(new() { Clusters = [Eds("c", "new")] });
        Assert.Equal([1], PortsOf(Cluster("c")));

        await ApplyAsync(new() { Assignments = [Endpoints("new", 2)] });
        Assert.Equal([2], PortsOf(Cluster("c")));
    }

    [Fact]
    public async Task Apply_ClusterRemoved_StillServesTheChainsThatNameItAndFollowsItsEndpoints()
    {
        await ApplyAsync(new() { Clusters = [Eds("c")], Assignments = [Endpoints("c", 1)], Listeners = [Listener("l", 10, "c")] });

        await ApplyAsync(new() { RemovedClusters = ["c"] });
        Assert.Equal([1], PortsOf(Target("l")));

        await ApplyAsync(new() { Assignments = [Endpoints("c", 2)] });
        Assert.Equal([2], PortsOf(Target("l")));
    }

    [Fact]
    public async Task Apply_ClusterRemovedAndBack_IsTheSameState()
    {
        await ApplyAsync(new() { Clusters = [Eds("c")], Assignments = [Endpoints("c", 1)], Listeners = [Listener("l", 10, "c")] });
        var state = Cluster("c");
        await ApplyAsync(new() { RemovedClusters = ["c"] });

        await ApplyAsync(new() { Clusters = [Eds("c")], Assignments = [Endpoints("c", 2)] });
        await ApplyAsync(new() { Listeners = [Listener("l", 10, "other")] });

        Assert.Same(state, Cluster("c"));
        Assert.Equal([2], PortsOf(state));
    }

    [Fact]
    public async Task Apply_ClusterRemovedAndLastChainGone_IsDropped()
    {
        await ApplyAsync(new() { Clusters = [Eds("c")], Assignments = [Endpoints("c", 1)], Listeners = [Listener("l", 10, "c")] });

        await ApplyAsync(new() { RemovedClusters = ["c"] });
        Assert.Single(_updater.Clusters);
        await ApplyAsync(new() { RemovedListeners = ["l"] });

        Assert.Empty(_updater.Clusters);
    }

    [Fact]
    public async Task Apply_ChainNamesAClusterThatWasNeverSent_IsRoutedAtOnceAndLinkedWhenItComes()
    {
        await ApplyAsync(new() { Listeners = [Listener("l", 10, "later")] });
        var target = Target("l");
        Assert.Null(target.Config);

        await ApplyAsync(new() { Clusters = [Eds("later")], Assignments = [Endpoints("later", 1)] });

        Assert.Same(target, Cluster("later"));
        Assert.Equal([1], PortsOf(target));
    }

    [Fact]
    public async Task Apply_UnchangedClusterAgain_KeepsEndpointState()
    {
        await ApplyAsync(new() { Clusters = [Eds("c")], Assignments = [Endpoints("c", 1)] });
        var state = Cluster("c").Current!.Endpoints[0].State;

        await ApplyAsync(new() { Clusters = [Eds("c")], Assignments = [Endpoints("c", 1, 2)] });

        Assert.Same(state, Cluster("c").Current!.Endpoints[0].State);
    }

    [Fact]
    public async Task Apply_ListenersChangedAndRemoved_NewOnesAreBoundFirst()
    {
        await ApplyAsync(new() { Listeners = [Listener("old", 10, "c"), Listener("moving", 11, "c")] });
        _binder.Calls.Clear();

        await ApplyAsync(new() { Listeners = [Listener("new", 20, "c"), Listener("moving", 21, "c")], RemovedListeners = ["old"] });

        Assert.Equal(["bind moving 21", "bind new 20"], _binder.Calls.Take(2).Order());
        Assert.Equal("unbind old", _binder.Calls[2]);
        Assert.Equal(["moving", "new"], _routes.Current.Listeners.Keys.Order());
    }

    [Fact]
    public async Task Apply_ListenerRenamed_TakesOverTheAddressAtOnce()
    {
        await ApplyAsync(new() { Listeners = [Listener("inbound:0.0.0.0:10001", 10, "c")] });

        await ApplyAsync(new() { Listeners = [Listener("self_inbound_zi_10001", 10, "c")], RemovedListeners = ["inbound:0.0.0.0:10001"] });

        Assert.Equal("bind self_inbound_zi_10001 10", _binder.Calls[^1]);
    }

    [Fact]
    public async Task Apply_AddressTaken_IsAProblemAndTheRestIsApplied()
    {
        var problems = await _updater.ApplyAsync(new() { Listeners = [Listener("first", 10, "c"), Listener("second", 10, "c"), Listener("third", 11, "c")] });

        var problem = Assert.Single(problems);
        Assert.Equal("second", problem.Listener);
        Assert.Contains("belongs to first", problem.Reason, StringComparison.Ordinal);
        Assert.Contains("bind third 11", _binder.Calls);
    }

    [Fact]
    public async Task Apply_ConflictingChains_AreProblemsAndTheRestIsApplied()
    {
        var listener = Listener("l", 10, "c");

        var problems = await _updater.ApplyAsync(new() { Listeners = [listener with { FilterChains = [listener.FilterChains[0], listener.FilterChains[0]] }] });

        Assert.Equal("l", Assert.Single(problems).Listener);
        Assert.Equal(["bind l 10"], _binder.Calls);
    }

    [Fact]
    public async Task Apply_ManyAtOnce_AreAppliedOneAfterAnother()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() =>
            ApplyAsync(new() { Clusters = [Eds($"c{i}")], Assignments = [Endpoints($"c{i}", i + 1)], Listeners = [Listener($"l{i}", 100 + i, $"c{i}")] }))));

        Assert.Equal(50, _routes.Current.Listeners.Count);
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal([i + 1], PortsOf(Target($"l{i}"))));
    }

    [Fact]
    public async Task Apply_TenThousandRoutes_EachLeadsToItsCluster()
    {
        var names = Enumerable.Range(0, 10_000).Select(i => $"c{i}").ToArray();
        var chains = names.Select(name => Listener("l", 10, name).FilterChains[0]);

        await ApplyAsync(new()
        {
            Clusters = [.. names.Select(name => Eds(name))],
            Assignments = [.. names.Select((name, i) => Endpoints(name, i + 1))],
            Listeners = [Listener("l", 10) with { FilterChains = [.. chains] }],
        });

        var listener = _routes.Current.Listeners["l"];
        Assert.Equal(10_000, listener.FilterChains.Count);
        Assert.All(listener.FilterChains, chain => Assert.True(chain.Targets[0].Cluster.IsWarm));
    }

    private async Task ApplyAsync(DataPlaneUpdate update) => Assert.Empty(await _updater.ApplyAsync(update));

    private ClusterState Cluster(string name) => _updater.Clusters.Single(cluster => cluster.Name == name);

    private ClusterState Target(string listener) => _routes.Current.Listeners[listener].FilterChains[0].Targets[0].Cluster;

    private static IEnumerable<int> PortsOf(ClusterState cluster) => cluster.Current!.Endpoints.Select(endpoint => ((IPEndPoint)endpoint.Address).Port);

    private static ClusterConfig Eds(string name, string serviceName = "") => RoutingConfigs.Eds(name, serviceName);

    private static LoadAssignment Endpoints(string cluster, params int[] ports) => RoutingConfigs.Endpoints(cluster, ports);

    private static ListenerConfig Listener(string name, int port, params string[] clusters) => RoutingConfigs.Listener(name, port, clusters);
}
