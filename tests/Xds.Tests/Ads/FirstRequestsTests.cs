using Zoneway.Xds.Ads;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>What a stream begins with, and how names come to be asked for. The same in both variants.</summary>
public sealed class FirstRequestsTests
{
    public static TheoryData<XdsVariant> Variants => AdsHarness.Variants;

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Start_NothingKnown_AsksForAllClustersThenAllListeners(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);

        var stream = await harness.StartAsync();
        var clusters = await stream.NextAsync(TypeUrls.Cluster);
        var listeners = await stream.NextAsync(TypeUrls.Listener);

        Assert.All([clusters, listeners], request =>
        {
            Assert.Empty(request.Names);
            Assert.Equal(("", ""), (request.Version, request.Nonce));
            Assert.Empty(request.InitialVersions);
        });
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Start_Always_SendsTheNodeOnTheFirstRequestOnly(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);

        var stream = await harness.StartAsync();
        var node = (await stream.NextAsync()).Node;
        var second = await stream.NextAsync();

        Assert.NotNull(node);
        Assert.Equal((".zi-1", "ingress", "zoneway"), (node.Id, node.Cluster, node.UserAgentName));
        Assert.Equal("9901", node.Metadata.Fields["dataplane.admin.port"].StringValue);
        Assert.True(node.Metadata.Fields["ipv6Enabled"].BoolValue);
        Assert.Equal("2.14.3", node.Metadata.Fields["version"].StructValue.Fields["kumaDp"].StructValue.Fields["version"].StringValue);
        Assert.Null(second.Node);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task ClustersArrive_WithEndpointsByEds_AcknowledgesThenAsksForEndpoints(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();

        stream.Send(new(TypeUrls.Cluster, "v1", "1", TestResource.Cluster("b"), TestResource.StaticCluster("s"), TestResource.Cluster("a")));

        Assert.Equal("1", (await stream.NextAsync(TypeUrls.Cluster)).Nonce);
        var endpoints = await stream.NextAsync(TypeUrls.ClusterLoadAssignment);
        Assert.Equal(["a", "b"], endpoints.Names);
        Assert.Equal("", endpoints.Nonce);
        Assert.Null(endpoints.Node);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task ListenersArrive_ReferringToSecrets_AcknowledgesThenAsksForSecrets(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();
        harness.Sink.Secrets.UnionWith(["identity", "ca"]);

        stream.Send(new(TypeUrls.Listener, "v1", "1", TestResource.Listener("l")));

        Assert.Equal("1", (await stream.NextAsync(TypeUrls.Listener)).Nonce);
        Assert.Equal(["ca", "identity"], (await stream.NextAsync(TypeUrls.Secret)).Names);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task ListenersArrive_BeforeClusters_AreTakenInFirst(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();

        stream.Send(new(TypeUrls.Listener, "v1", "1", TestResource.Listener("l")));
        stream.Send(new(TypeUrls.Cluster, "v1", "2", TestResource.StaticCluster("c")));

        Assert.Equal("1", (await stream.NextAsync(TypeUrls.Listener)).Nonce);
        Assert.Equal("2", (await stream.NextAsync(TypeUrls.Cluster)).Nonce);
        Assert.Equal([TypeUrls.Listener, TypeUrls.Cluster], harness.Sink.Changes.Select(change => change.TypeUrl));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task EndpointsArrive_BeforeTheyWereAskedFor_AreLeftUnansweredAndAskedForAfterwards(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();

        stream.Send(new(TypeUrls.ClusterLoadAssignment, "v1", "1", TestResource.Endpoints("a")));
        stream.Send(new(TypeUrls.Cluster, "v1", "2", TestResource.Cluster("a")));

        Assert.Equal("2", (await stream.NextAsync(TypeUrls.Cluster)).Nonce);
        Assert.Equal("", (await stream.NextAsync(TypeUrls.ClusterLoadAssignment)).Nonce);
        stream.Send(new(TypeUrls.ClusterLoadAssignment, "v1", "3", TestResource.Endpoints("a")));
        Assert.Equal("3", (await stream.NextAsync(TypeUrls.ClusterLoadAssignment)).Nonce);
        Assert.Equal(["a"], harness.Sink.Names(TypeUrls.ClusterLoadAssignment));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task EndpointsArrive_AlsoForNamesNotAskedFor_OnlyTheOthersAreHandedOn(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();
        stream.Send(new(TypeUrls.Cluster, "v1", "1", TestResource.Cluster("a")));
        await stream.NextAsync(TypeUrls.Cluster);
        await stream.NextAsync(TypeUrls.ClusterLoadAssignment);

        stream.Send(new(TypeUrls.ClusterLoadAssignment, "v1", "2", TestResource.Endpoints("a"), TestResource.Endpoints("z")));

        Assert.Null((await stream.NextAsync(TypeUrls.ClusterLoadAssignment)).Error);
        Assert.Equal(["a"], harness.Sink.Names(TypeUrls.ClusterLoadAssignment));
    }
}
