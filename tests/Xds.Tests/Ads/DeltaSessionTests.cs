using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.TestUtilities.Ads;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>What only the delta variant has: increments of subscriptions and resources, versions of resources.</summary>
public sealed class DeltaSessionTests
{
    [Fact]
    public async Task Follow_NamesComeAndGo_SubscribesAndUnsubscribesTheDifference()
    {
        await using var harness = new AdsHarness(XdsVariant.Delta);
        var stream = await WithClustersAsync(harness, "a", "b");

        stream.Send(new(TypeUrls.Cluster, "c2", "2", TestResource.Cluster("c")) { Removed = ["a"] });
        await stream.NextAsync(TypeUrls.Cluster);
        var change = await stream.NextAsync(TypeUrls.ClusterLoadAssignment);

        Assert.Equal(["c"], change.Names);
        Assert.Equal(["a"], change.Unsubscribed);
        Assert.Equal("", change.Nonce);
    }

    [Fact]
    public async Task Follow_SameNames_SendsNothing()
    {
        await using var harness = new AdsHarness(XdsVariant.Delta);
        var stream = await WithClustersAsync(harness, "a");

        stream.Send(new(TypeUrls.Cluster, "c2", "2", TestResource.Cluster("a")));
        stream.Send(new(TypeUrls.Listener, "l1", "3", TestResource.Listener("l")));

        await stream.NextAsync(TypeUrls.Cluster);
        await stream.NextAsync(TypeUrls.Listener);
    }

    [Fact]
    public async Task Follow_AllNamesGone_UnsubscribesThemAndSubscribesAgainWhenOneReturns()
    {
        await using var harness = new AdsHarness(XdsVariant.Delta);
        var stream = await WithClustersAsync(harness, "a");

        stream.Send(new(TypeUrls.Cluster, "c2", "2") { Removed = ["a"] });
        await stream.NextAsync(TypeUrls.Cluster);
        Assert.Equal(["a"], (await stream.NextAsync(TypeUrls.ClusterLoadAssignment)).Unsubscribed);
        stream.Send(new(TypeUrls.Cluster, "c3", "3", TestResource.Cluster("a")));
        await stream.NextAsync(TypeUrls.Cluster);

        Assert.Equal(["a"], (await stream.NextAsync(TypeUrls.ClusterLoadAssignment)).Names);
    }

    [Theory]
    [InlineData(TypeUrls.Cluster)]
    [InlineData(TypeUrls.Listener)]
    [InlineData(TypeUrls.ClusterLoadAssignment)]
    public async Task Response_RemovesNames_HandsThemOnAndLeavesTheRest(string typeUrl)
    {
        await using var harness = new AdsHarness(XdsVariant.Delta);
        var stream = await WithClustersAsync(harness, "a", "b");

        stream.Send(new(typeUrl, "v2", "2") { Removed = ["a", "a", "never-known"] });

        Assert.Equal("2", (await stream.NextAsync(typeUrl)).Nonce);
        Assert.Equal(["a", "never-known"], harness.Sink.Changes[^1].Removed);
        Assert.Equal(typeUrl == TypeUrls.Cluster ? ["b"] : ["a", "b"], harness.Sink.Names(TypeUrls.Cluster));
    }

    [Fact]
    public async Task Response_TypesInterleaved_EachIsAnsweredWithItsNonce()
    {
        await using var harness = new AdsHarness(XdsVariant.Delta);
        var stream = await WithClustersAsync(harness, "a");

        stream.Send(new(TypeUrls.Listener, "l1", "n5", TestResource.Listener("l")));
        stream.Send(new(TypeUrls.ClusterLoadAssignment, "e1", "n3", TestResource.Endpoints("a")));
        stream.Send(new(TypeUrls.Listener, "l2", "n4", TestResource.Listener("m")));

        Assert.Equal("n5", (await stream.NextAsync(TypeUrls.Listener)).Nonce);
        Assert.Equal("n3", (await stream.NextAsync(TypeUrls.ClusterLoadAssignment)).Nonce);
        Assert.Equal("n4", (await stream.NextAsync(TypeUrls.Listener)).Nonce);
        Assert.Equal(["l", "m"], harness.Sink.Names(TypeUrls.Listener));
    }

    [Fact]
    public async Task Response_WrapperAndMessageDisagreeOnTheName_RejectsThatResourceOnly()
    {
        await using var harness = new AdsHarness(XdsVariant.Delta);
        var stream = await harness.StartSubscribedAsync();

        stream.Send(new(TypeUrls.Cluster, "v1", "1", ("a", TestResource.StaticCluster("b").Body), TestResource.StaticCluster("c")));

        Assert.Equal("a: calls itself 'b' inside", (await stream.NextAsync(TypeUrls.Cluster)).Error!.Message);
        Assert.Equal(["c"], harness.Sink.Names(TypeUrls.Cluster));
    }

    [Fact]
    public async Task Response_WithoutContent_IsAHeartbeatIfItHasATimeToLiveElseAnError()
    {
        await using var harness = new AdsHarness(XdsVariant.Delta);
        var stream = await harness.StartSubscribedAsync();

        stream.Send(new(TypeUrls.Listener, "v1", "1") { Wrapped = [new Resource { Name = "l", Ttl = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) }] });
        Assert.Null((await stream.NextAsync(TypeUrls.Listener)).Error);
        stream.Send(new(TypeUrls.Listener, "v1", "2") { Wrapped = [new Resource { Name = "l" }] });
        Assert.Equal("l: has no content", (await stream.NextAsync(TypeUrls.Listener)).Error!.Message);
    }

    [Fact]
    public async Task Reconnect_ClaimsTheVersionsAtHandAndKeepsWhatIsNotRemoved()
    {
        await using var harness = new AdsHarness(XdsVariant.Delta);
        var first = await WithClustersAsync(harness, "a", "b");

        first.End(StatusCode.Unavailable);
        var second = await harness.ControlPlane.NextStreamAsync();
        var clusters = await second.NextAsync(TypeUrls.Cluster);
        var endpoints = await second.NextAsync(TypeUrls.ClusterLoadAssignment);
        await second.NextAsync(TypeUrls.Listener);

        Assert.NotNull(clusters.Node);
        Assert.Equal(new Dictionary<string, string> { ["a"] = "c1", ["b"] = "c1" }, clusters.InitialVersions);
        Assert.Equal(["a", "b"], endpoints.Names);
        Assert.Empty(endpoints.InitialVersions);

        // 1. Only the difference comes: what is left out stays.
        second.Send(new(TypeUrls.Cluster, "c2", "1", TestResource.Cluster("b")));
        await second.NextAsync(TypeUrls.Cluster);
        Assert.Equal(["a", "b"], harness.Sink.Names(TypeUrls.Cluster));

        // 2. A control plane that started anew names what it no longer has.
        second.Send(new(TypeUrls.Cluster, "c3", "2") { Removed = ["a"] });
        await second.NextAsync(TypeUrls.Cluster);
        Assert.Equal(["b"], harness.Sink.Names(TypeUrls.Cluster));
        Assert.Equal(["a"], (await second.NextAsync(TypeUrls.ClusterLoadAssignment)).Unsubscribed);
    }

    [Fact]
    public async Task FirstStream_ResourcesFromElsewhere_ClaimsNothing()
    {
        await using var harness = new AdsHarness(XdsVariant.Delta);
        var (name, body) = TestResource.StaticCluster("from-a-file");
        await harness.Sink.ApplyAsync(new(TypeUrls.Cluster, [new(name, "file", body!)], []), CancellationToken.None);

        var stream = await harness.StartAsync();

        Assert.Empty((await stream.NextAsync(TypeUrls.Cluster)).InitialVersions);
    }

    // Ends with clusters c1 acknowledged under nonce 1 and their endpoints asked for.
    private static async Task<ScriptedStream> WithClustersAsync(AdsHarness harness, params string[] names)
    {
        var stream = await harness.StartSubscribedAsync();
        stream.Send(new(TypeUrls.Cluster, "c1", "1", [.. names.Select(TestResource.Cluster)]));
        await stream.NextAsync(TypeUrls.Cluster);
        Assert.Equal(names, (await stream.NextAsync(TypeUrls.ClusterLoadAssignment)).Names);
        return stream;
    }
}
