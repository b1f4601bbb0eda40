using Zoneway.TestUtilities.Ads;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>What only the state of the world has: full states, versions of types, whole lists of names.</summary>
public sealed class StateOfTheWorldSessionTests
{
    [Fact]
    public async Task ClustersArrive_WithTheSameNames_EndpointsAreAskedForAgainWithVersionNonceAndAllNames()
    {
        await using var harness = new AdsHarness(XdsVariant.StateOfTheWorld);
        var stream = await SubscribedToEndpointsAsync(harness, "a");

        stream.Send(new(TypeUrls.Cluster, "c2", "3", TestResource.Cluster("a")));

        Assert.Equal("c2", (await stream.NextAsync(TypeUrls.Cluster)).Version);
        var again = await stream.NextAsync(TypeUrls.ClusterLoadAssignment);
        Assert.Equal(("e1", "2"), (again.Version, again.Nonce));
        Assert.Equal(["a"], again.Names);
    }

    [Fact]
    public async Task ClustersArrive_WhileAnEndpointAnswerIsUnderWay_ItsAckHasTheLongerList()
    {
        await using var harness = new AdsHarness(XdsVariant.StateOfTheWorld);
        var stream = await SubscribedToEndpointsAsync(harness, "a");

        stream.Send(new(TypeUrls.Cluster, "c2", "3", TestResource.Cluster("a"), TestResource.Cluster("b")));
        stream.Send(new(TypeUrls.ClusterLoadAssignment, "e2", "4", TestResource.Endpoints("a")));
        await stream.NextAsync(TypeUrls.Cluster);
        await stream.NextAsync(TypeUrls.ClusterLoadAssignment);
        var answer = await stream.NextAsync(TypeUrls.ClusterLoadAssignment);

        Assert.Equal(("e2", "4"), (answer.Version, answer.Nonce));
        Assert.Equal(["a", "b"], answer.Names);
    }

    [Fact]
    public async Task ClustersArrive_WithoutEdsAnyMore_TheLastListOfNamesStays()
    {
        await using var harness = new AdsHarness(XdsVariant.StateOfTheWorld);
        var stream = await SubscribedToEndpointsAsync(harness, "a");

        stream.Send(new(TypeUrls.Cluster, "c2", "3"));
        stream.Send(new(TypeUrls.ClusterLoadAssignment, "e2", "4"));

        await stream.NextAsync(TypeUrls.Cluster);
        Assert.Equal(["a"], (await stream.NextAsync(TypeUrls.ClusterLoadAssignment)).Names);
    }

    [Theory]
    [InlineData(TypeUrls.Cluster, "b")]
    [InlineData(TypeUrls.Listener, "b")]
    public async Task WildcardResponse_LeavesAResourceOut_RemovesIt(string typeUrl, string removed)
    {
        await using var harness = new AdsHarness(XdsVariant.StateOfTheWorld);
        var stream = await harness.StartSubscribedAsync();
        stream.Send(new(typeUrl, "v1", "1", Of(typeUrl, "a"), Of(typeUrl, removed)));
        await stream.NextAsync(typeUrl);

        stream.Send(new(typeUrl, "v2", "2", Of(typeUrl, "a")));
        await stream.NextAsync(typeUrl);

        Assert.Equal([removed], harness.Sink.Changes[^1].Removed);
        Assert.Equal(["a"], harness.Sink.Names(typeUrl));
    }

    [Theory]
    [InlineData(TypeUrls.ClusterLoadAssignment)]
    [InlineData(TypeUrls.Secret)]
    public async Task NamedResponse_LeavesAResourceOut_RemovesNothing(string typeUrl)
    {
        await using var harness = new AdsHarness(XdsVariant.StateOfTheWorld);
        harness.Sink.Secrets.UnionWith(["a", "b"]);
        var stream = await harness.StartSubscribedAsync();
        await stream.NextAsync(TypeUrls.Secret);
        stream.Send(new(TypeUrls.Cluster, "c1", "1", TestResource.Cluster("a"), TestResource.Cluster("b")));
        await stream.NextAsync(TypeUrls.Cluster);
        await stream.NextAsync(TypeUrls.ClusterLoadAssignment);
        stream.Send(new(typeUrl, "v1", "2", Of(typeUrl, "a"), Of(typeUrl, "b")));
        await stream.NextAsync(typeUrl);

        stream.Send(new(typeUrl, "v2", "3", Of(typeUrl, "b")));
        await stream.NextAsync(typeUrl);

        Assert.Empty(harness.Sink.Changes[^1].Removed);
        Assert.Equal(["a", "b"], harness.Sink.Names(typeUrl));
    }

    [Fact]
    public async Task WildcardResponse_WithANamelessResource_RemovesNothing()
    {
        await using var harness = new AdsHarness(XdsVariant.StateOfTheWorld);
        var stream = await harness.StartSubscribedAsync();
        stream.Send(new(TypeUrls.Cluster, "v1", "1", TestResource.StaticCluster("a"), TestResource.StaticCluster("b")));
        await stream.NextAsync(TypeUrls.Cluster);

        stream.Send(new(TypeUrls.Cluster, "v2", "2", TestResource.StaticCluster("a"), TestResource.Garbage("b", TypeUrls.Cluster)));

        Assert.NotNull((await stream.NextAsync(TypeUrls.Cluster)).Error);
        Assert.Equal(["a", "b"], harness.Sink.Names(TypeUrls.Cluster));
    }

    [Fact]
    public async Task Reconnect_EverythingAtHand_TellsNodeVersionsAndNamesButNoNonce()
    {
        await using var harness = new AdsHarness(XdsVariant.StateOfTheWorld);
        var first = await SubscribedToEndpointsAsync(harness, "a");

        first.End(StatusUnavailable);
        var second = await harness.ControlPlane.NextStreamAsync();
        var clusters = await second.NextAsync(TypeUrls.Cluster);
        var endpoints = await second.NextAsync(TypeUrls.ClusterLoadAssignment);
        var listeners = await second.NextAsync(TypeUrls.Listener);

        Assert.NotNull(clusters.Node);
        Assert.Equal(("c1", ""), (clusters.Version, clusters.Nonce));
        Assert.Equal(("e1", ""), (endpoints.Version, endpoints.Nonce));
        Assert.Equal(["a"], endpoints.Names);
        Assert.Equal("", listeners.Version);
        Assert.Equal(["a"], harness.Sink.Names(TypeUrls.ClusterLoadAssignment));
    }

    [Fact]
    public async Task Reconnect_EndpointsMissing_TellsNoVersionOfEndpoints()
    {
        await using var harness = new AdsHarness(XdsVariant.StateOfTheWorld);
        var first = await SubscribedToEndpointsAsync(harness, "a");
        first.Send(new(TypeUrls.Cluster, "c2", "3", TestResource.Cluster("a"), TestResource.Cluster("b")));
        await first.NextAsync(TypeUrls.Cluster);

        first.End(StatusUnavailable);
        var second = await harness.ControlPlane.NextStreamAsync();

        Assert.Equal("c2", (await second.NextAsync(TypeUrls.Cluster)).Version);
        var endpoints = await second.NextAsync(TypeUrls.ClusterLoadAssignment);
        Assert.Equal("", endpoints.Version);
        Assert.Equal(["a", "b"], endpoints.Names);
    }

    private const Zoneway.Xds.Grpc.StatusCode StatusUnavailable = Zoneway.Xds.Grpc.StatusCode.Unavailable;

    // Ends with endpoints e1 acknowledged under nonce 2.
    private static async Task<ScriptedStream> SubscribedToEndpointsAsync(AdsHarness harness, string name)
    {
        var stream = await harness.StartSubscribedAsync();
        stream.Send(new(TypeUrls.Cluster, "c1", "1", TestResource.Cluster(name)));
        await stream.NextAsync(TypeUrls.Cluster);
        await stream.NextAsync(TypeUrls.ClusterLoadAssignment);
        stream.Send(new(TypeUrls.ClusterLoadAssignment, "e1", "2", TestResource.Endpoints(name)));
        Assert.Equal(("e1", "2"), await stream.NextAsync(TypeUrls.ClusterLoadAssignment) is var ack ? (ack.Version, ack.Nonce) : default);
        return stream;
    }

    private static (string Name, Google.Protobuf.WellKnownTypes.Any? Body) Of(string typeUrl, string name) => typeUrl switch
    {
        TypeUrls.Cluster => TestResource.StaticCluster(name),
        TypeUrls.Listener => TestResource.Listener(name),
        TypeUrls.Secret => TestResource.Secret(name),
        _ => TestResource.Endpoints(name),
    };
}
