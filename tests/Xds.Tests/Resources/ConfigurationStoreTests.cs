using Zoneway.SniRouter.Routing;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Resources;

public sealed class ConfigurationStoreTests : IDisposable
{
    private readonly TestStore _store = new();

    [Fact]
    public async Task Apply_ClustersEndpointsListeners_AreInForce()
    {
        await _store.ClustersAsync(EdsCluster("a"));
        await _store.EndpointsAsync(Endpoints("a", "10.0.0.1:80", "10.0.0.2:80"));
        var errors = await _store.ListenersAsync(Routes("in", ("x", "a")));

        Assert.Empty(errors);
        Assert.Equal(["10.0.0.1:80", "10.0.0.2:80"], _store.EndpointsOf("a")!);
        Assert.Equal("a", Assert.Single(Assert.Single(_store.ChainsOf("in")).Targets).Cluster.Name);
        Assert.Equal(10001, _store.Binder.Bound["in"].Port);
    }

    [Fact]
    public async Task Apply_UnchangedContent_IsNotTranslatedAgain()
    {
        await _store.ClustersAsync(EdsCluster("a"), EdsCluster("b"));
        var snapshot = _store.Cluster("a");

        await _store.ClustersAsync(EdsCluster("a") with { Version = "2" }, EdsCluster("b", ", connectTimeout: 1s"));

        Assert.Equal(3, _store[TypeUrls.Cluster].Translations);
        Assert.Same(snapshot, _store.Cluster("a"));
        Assert.Equal("2", Assert.Single(_store.Store.Received(TypeUrls.Cluster), resource => resource.Name == "a").Version);
    }

    [Fact]
    public async Task Apply_OneAssignmentAmongTenThousandRoutes_TouchesNothingElse()
    {
        const int count = 10_000;
        await _store.ClustersAsync([.. Enumerable.Range(0, count).Select(i => EdsCluster($"c{i}"))]);
        await _store.EndpointsAsync([.. Enumerable.Range(0, count).Select(i => Endpoints($"c{i}", "10.0.0.1:80"))]);
        await _store.ListenersAsync(Routes("in", [.. Enumerable.Range(0, count).Select(i => ($"s{i}", $"c{i}"))]));
        XdsResource[] changes = [.. Enumerable.Range(0, 1000).Select(i => Endpoints("c7", $"10.0.{1 + (i / 250)}.{1 + (i % 250)}:80"))];
        var (routes, binds, neighbour) = (_store.Routes.Current, _store.Binder.BindCalls, _store.Cluster("c8")!.Current);
        var before = GC.GetAllocatedBytesForCurrentThread();

        foreach (var change in changes)
        {
            Assert.Empty(await _store.EndpointsAsync(change));
        }

        // Work in proportion to the 10,000 would allocate some of it for each: here it is a few kilobytes an update.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / changes.Length, 0, 20_000);
        Assert.Equal(count + changes.Length, _store[TypeUrls.ClusterLoadAssignment].Translations);
        Assert.Equal((count, 1), (_store[TypeUrls.Cluster].Translations, _store[TypeUrls.Listener].Translations));
        Assert.Equal(["10.0.4.250:80"], _store.EndpointsOf("c7")!);
        Assert.Same(routes, _store.Routes.Current);
        Assert.Same(neighbour, _store.Cluster("c8")!.Current);
        Assert.Equal(binds, _store.Binder.BindCalls);
    }

    [Fact]
    public async Task Apply_BadCluster_KeepsLastGoodAndTheOthers()
    {
        await _store.ClustersAsync(EdsCluster("a"), EdsCluster("b"));
        await _store.EndpointsAsync(Endpoints("a", "10.0.0.1:80"), Endpoints("b", "10.0.0.1:80"));

        var errors = await _store.ClustersAsync(EdsCluster("a", ", lbPolicy: CLUSTER_PROVIDED"), EdsCluster("b", ", connectTimeout: 1s"));

        Assert.Equal(new ResourceError("a", "lb_policy", "load balancing policy ClusterProvided is not supported", IsNew: true), Assert.Single(errors));
        Assert.Equal(["10.0.0.1:80"], _store.EndpointsOf("a")!);
        Assert.Equal(TimeSpan.FromSeconds(1), _store.Cluster("b")!.Config!.ConnectTimeout);
        Assert.Equal(1, _store[TypeUrls.Cluster].Quarantined);
    }

    [Fact]
    public async Task Apply_BadClusterNeverGood_IsNotInForce()
    {
        await _store.ClustersAsync(EdsCluster("a", ", lbPolicy: CLUSTER_PROVIDED"));

        Assert.Null(_store.Cluster("a"));
        Assert.Equal(["a"], _store.Store.Referenced(TypeUrls.ClusterLoadAssignment));
    }

    [Fact]
    public async Task Apply_QuarantinedThenFixed_IsInForce()
    {
        await _store.ClustersAsync(EdsCluster("a"));
        await _store.EndpointsAsync(Endpoints("a", "10.0.0.1:80"));
        await _store.EndpointsAsync(Endpoints("a", "10.0.0.2:0"));
        Assert.Equal(["10.0.0.1:80"], _store.EndpointsOf("a")!);
        Assert.Equal(1, _store[TypeUrls.ClusterLoadAssignment].Quarantined);

        var errors = await _store.EndpointsAsync(Endpoints("a", "10.0.0.2:80"));

        Assert.Empty(errors);
        Assert.Equal(["10.0.0.2:80"], _store.EndpointsOf("a")!);
        Assert.Equal(0, _store[TypeUrls.ClusterLoadAssignment].Quarantined);
    }

    [Fact]
    public async Task Apply_BadListener_KeepsLastGood()
    {
        await _store.ListenersAsync(Routes("in", ("x", "a")));

        var errors = await _store.ListenersAsync(Listener($"{{name: in, address: {{pipe: {{path: /x}}}}, filterChains: [{Chain("", TcpProxy("cluster: b"))}]}}"));

        Assert.True(Assert.Single(errors).IsNew);
        Assert.Equal("x", Assert.Single(_store.ChainsOf("in")).Name);
        Assert.True(_store.Binder.Bound.ContainsKey("in"));
    }

    [Fact]
    public async Task Apply_BadFilterChain_IsQuarantinedAndTheRestApplied()
    {
        var errors = await _store.ListenersAsync(ListenerWith("in", Chain("serverNames: [bad]", "{name: x}"), Chain("serverNames: [good]", TcpProxy("cluster: a"))));

        Assert.Equal("in: filter_chains[0].filters[0].typed_config: a typed configuration is needed", Assert.Single(errors).ToString());
        Assert.Equal([("bad", true), ("good", false)], _store.ChainsOf("in").Select(chain => (chain.Name, chain.Action is QuarantinedConfig)));
    }

    [Fact]
    public async Task Apply_SameBadContentAgain_IsNotNew()
    {
        var bad = EdsCluster("a", ", lbPolicy: CLUSTER_PROVIDED, loadBalancingPolicy: {}");
        var good = EdsCluster("a");

        var first = await _store.ClustersAsync(bad);
        var again = await _store.ClustersAsync(bad with { Version = "2" });
        var fixedIt = await _store.ClustersAsync(good);
        var back = await _store.ClustersAsync(bad);

        Assert.Equal([true, true], first.Select(error => error.IsNew));
        Assert.Equal([false, false], again.Select(error => error.IsNew));
        Assert.Empty(fixedIt);
        Assert.Equal([false, false], back.Select(error => error.IsNew));
        Assert.Equal((3, 1), (_store[TypeUrls.Cluster].UpdatesAccepted, _store[TypeUrls.Cluster].UpdatesRejected));
    }

    [Fact]
    public async Task Apply_SameBadContentAfterRemoval_IsNotNew()
    {
        var bad = EdsCluster("a", ", lbPolicy: CLUSTER_PROVIDED");
        await _store.ClustersAsync(bad);
        await _store.RemoveAsync(TypeUrls.Cluster, "a");

        Assert.False(Assert.Single(await _store.ClustersAsync(bad)).IsNew);
    }

    [Fact]
    public async Task Apply_OtherChainChangesBesideBadOne_BadOneIsNotNew()
    {
        await _store.ListenersAsync(ListenerWith("in", Chain("serverNames: [bad]", "{name: x}")));

        var errors = await _store.ListenersAsync(ListenerWith("in", Chain("serverNames: [good]", TcpProxy("cluster: a")), Chain("serverNames: [bad]", "{name: x}"), Chain("serverNames: [worse]", "{name: x}")));

        Assert.Equal([("filter_chains[1].filters[0].typed_config", false), ("filter_chains[2].filters[0].typed_config", true)], errors.Select(error => (error.Field, error.IsNew)));
    }

    [Fact]
    public async Task Apply_PortTaken_IsAnErrorUntilItIsFree()
    {
        var listener = Routes("in", ("x", "a"));
        _store.Binder.Taken.Add(10001);
        var first = await _store.ListenersAsync(listener);
        var again = await _store.ListenersAsync(listener);
        var other = await _store.ListenersAsync(Listener($"{{name: other, address: {Socket("127.0.0.1:1")}, filterChains: [{Chain("", TcpProxy("cluster: a"))}]}}"));
        _store.Binder.Taken.Clear();

        var free = await _store.ListenersAsync(listener);

        Assert.Equal(new ResourceError("in", "", "127.0.0.1:10001 is taken", IsNew: true), Assert.Single(first));
        Assert.False(Assert.Single(again).IsNew);
        Assert.False(Assert.Single(other).IsNew);
        Assert.Empty(free);
        Assert.True(_store.Binder.Bound.ContainsKey("in"));
        Assert.Equal(2, _store[TypeUrls.Listener].Translations);
    }

    [Fact]
    public async Task Apply_SameMatchTwice_IsAnErrorOfTheListener()
    {
        var errors = await _store.ListenersAsync(Routes("in", ("x", "a"), ("X", "b")));

        Assert.Contains("already matches", Assert.Single(errors).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_ProblemFoundWhileWarming_IsReportedWithTheNextListeners()
    {
        _store.Binder.Taken.Add(10001);
        await _store.ClustersAsync(EdsCluster("a"));
        var warming = await _store.ListenersAsync(Routes("in", ("x", "a")));
        var endpoints = await _store.EndpointsAsync(Endpoints("a", "10.0.0.1:80"));

        var next = await _store.ListenersAsync();

        Assert.Empty(warming);
        Assert.Empty(endpoints);
        Assert.Equal("127.0.0.1:10001 is taken", Assert.Single(next).Reason);
    }

    [Fact]
    public async Task Apply_RemovedListener_IsUnbound()
    {
        await _store.ListenersAsync(Routes("in", ("x", "a")));

        await _store.RemoveAsync(TypeUrls.Listener, "in", "never-there");

        Assert.Empty(_store.Binder.Bound);
        Assert.Empty(_store.Routes.Current.Listeners);
        Assert.Empty(_store.Store.Received(TypeUrls.Listener));
    }

    [Fact]
    public async Task Apply_RemovedAndUpdatedAtOnce_IsThere()
    {
        await _store.ClustersAsync(EdsCluster("a"));

        await _store.ApplyAsync(TypeUrls.Cluster, [EdsCluster("a", ", connectTimeout: 1s")], "a");

        Assert.Equal(TimeSpan.FromSeconds(1), _store.Cluster("a")!.Config!.ConnectTimeout);
    }

    [Fact]
    public async Task Apply_ListenerThatTurnsHttpOnly_IsUnboundWithoutErrorWhereHttpIsNotSpoken()
    {
        using var store = new TestStore(terminates: false);
        await store.ListenersAsync(Routes("in", ("x", "a")));

        var errors = await store.ListenersAsync(ListenerWith("in", Chain("", Filter("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"))));

        Assert.Empty(errors);
        Assert.Empty(store.Binder.Bound);
        Assert.Single(store.Store.Received(TypeUrls.Listener));
    }

    [Fact]
    public async Task Apply_RemovedCluster_TakesItsAssignmentAlong()
    {
        await _store.ClustersAsync(EdsCluster("a"), EdsCluster("b"), EdsCluster("c"));
        await _store.EndpointsAsync(Endpoints("a", "10.0.0.1:80"), Endpoints("b", "10.0.0.1:80"));

        await _store.RemoveAsync(TypeUrls.Cluster, "a");

        Assert.Equal(["b", "c"], _store.Store.Referenced(TypeUrls.ClusterLoadAssignment).Order());
        Assert.Equal(["b"], _store.Store.Received(TypeUrls.ClusterLoadAssignment).Select(resource => resource.Name));
        Assert.Equal(1, _store[TypeUrls.ClusterLoadAssignment].Resources);
        Assert.Null(_store.Cluster("a"));
    }

    [Fact]
    public async Task Apply_RemovedClusterStillRouted_ServesOn()
    {
        await _store.ClustersAsync(EdsCluster("a"));
        await _store.EndpointsAsync(Endpoints("a", "10.0.0.1:80"));
        await _store.ListenersAsync(Routes("in", ("x", "a")));

        await _store.RemoveAsync(TypeUrls.Cluster, "a");

        Assert.Equal(["10.0.0.1:80"], _store.EndpointsOf("a")!);
    }

    [Fact]
    public async Task Apply_AssignmentSharedByClusters_StaysForTheLast()
    {
        var shared = ClusterOfService("a");
        await _store.ClustersAsync(shared, ClusterOfService("b"));
        await _store.EndpointsAsync(Endpoints("s", "10.0.0.1:80"));

        await _store.RemoveAsync(TypeUrls.Cluster, "a");
        var afterFirst = _store.Store.Received(TypeUrls.ClusterLoadAssignment).Count;
        await _store.RemoveAsync(TypeUrls.Cluster, "b");

        Assert.Equal((1, 0), (afterFirst, _store.Store.Received(TypeUrls.ClusterLoadAssignment).Count));
        Assert.Empty(_store.Store.Referenced(TypeUrls.ClusterLoadAssignment));
    }

    [Fact]
    public async Task Apply_ClusterQuarantinedWithAnotherServiceName_KeepsBothReferences()
    {
        await _store.ClustersAsync(ClusterOfService("a"));

        await _store.ClustersAsync(Cluster("{name: a, type: EDS, edsClusterConfig: {serviceName: bad}, lbPolicy: CLUSTER_PROVIDED}"));
        await _store.ClustersAsync(EdsCluster("a", ", lbPolicy: CLUSTER_PROVIDED"));
        var quarantined = _store.Store.Referenced(TypeUrls.ClusterLoadAssignment).Order().ToArray();
        await _store.ClustersAsync(EdsCluster("a"));

        Assert.Equal(["a", "s"], quarantined);
        Assert.Equal(["a"], _store.Store.Referenced(TypeUrls.ClusterLoadAssignment));
    }

    [Fact]
    public async Task Apply_Secrets_AreKeptRawAndGoWithTheirListener()
    {
        const string context = ", transportSocket: {name: tls, typedConfig: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, commonTlsContext: {tlsCertificateSdsSecretConfigs: [{name: identity}]}}}";
        await _store.ListenersAsync(ListenerWith("in", Chain("serverNames: [a]", TcpProxy("cluster: a"), context)));
        var errors = await _store.ApplyAsync(TypeUrls.Secret, [Secret("identity"), Secret("unreferenced")]);
        var (referenced, received) = (_store.Store.Referenced(TypeUrls.Secret), _store.Store.Received(TypeUrls.Secret).Count);

        await _store.RemoveAsync(TypeUrls.Listener, "in");

        Assert.Empty(errors);
        Assert.Equal(["identity"], referenced);
        Assert.Equal(2, received);
        Assert.Empty(_store.Store.Referenced(TypeUrls.Secret));
        Assert.Equal(["unreferenced"], _store.Store.Received(TypeUrls.Secret).Select(secret => secret.Name));
    }

    [Fact]
    public async Task Apply_UnknownType_IsAnErrorOnce()
    {
        const string typeUrl = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

        var first = await _store.ApplyAsync(typeUrl, [EdsCluster("a")]);
        var again = await _store.ApplyAsync(typeUrl, [EdsCluster("a")]);

        Assert.Equal(new ResourceError(typeUrl, "", "the resource type is not known", IsNew: true), Assert.Single(first));
        Assert.False(Assert.Single(again).IsNew);
        Assert.Empty(_store.Store.Received(typeUrl));
        Assert.Empty(_store.Store.Referenced(typeUrl));
    }

    [Fact]
    public async Task Apply_AssignmentBeforeItsCluster_IsUsedWhenItComes()
    {
        await _store.EndpointsAsync(Endpoints("a", "10.0.0.1:80"));

        await _store.ClustersAsync(EdsCluster("a"));

        Assert.Equal(["10.0.0.1:80"], _store.EndpointsOf("a")!);
    }

    [Fact]
    public async Task FirstConfiguration_ClustersAssignmentsListeners_Completes()
    {
        await _store.ClustersAsync(EdsCluster("a"), EdsCluster("b"));
        await _store.ListenersAsync(Routes("in", ("x", "a")));
        await _store.EndpointsAsync(Endpoints("a"));
        Assert.False(_store.Store.FirstConfiguration.IsCompleted);

        await _store.EndpointsAsync(Endpoints("b", "not-an-address:80"));

        await _store.Store.FirstConfiguration.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task FirstConfiguration_NothingToServe_Completes()
    {
        await _store.ListenersAsync();
        Assert.False(_store.Store.FirstConfiguration.IsCompleted);

        await _store.ClustersAsync();

        await _store.Store.FirstConfiguration.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task FirstConfiguration_AssignmentThatDoesNotCome_CompletesAfterWarming()
    {
        await _store.ClustersAsync(EdsCluster("a"));
        await _store.ListenersAsync(Routes("in", ("x", "a")));

        _store.Time.Advance(DataPlaneUpdater.WarmingTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(_store.Store.FirstConfiguration.IsCompleted);
        _store.Time.Advance(TimeSpan.FromMilliseconds(1));

        await _store.Store.FirstConfiguration.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task FirstConfiguration_MissingClusterRemoved_Completes()
    {
        await _store.ClustersAsync(EdsCluster("a"));
        await _store.ListenersAsync();

        await _store.RemoveAsync(TypeUrls.Cluster, "a");

        await _store.Store.FirstConfiguration.WaitAsync(TimeSpan.FromSeconds(10));
    }

    public void Dispose() => _store.Dispose();

    private static XdsResource ClusterOfService(string name) => Cluster($"{{name: {name}, type: EDS, edsClusterConfig: {{serviceName: s}}}}");
}
