using Envoy.Config.Cluster.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>ACK, NACK, or neither. The same in both variants.</summary>
public sealed class AnswersTests
{
    public static TheoryData<XdsVariant> Variants => AdsHarness.Variants;

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Response_Good_IsAcknowledgedAfterItWasApplied(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();

        stream.Send(new(TypeUrls.Cluster, "v1", "n1", TestResource.StaticCluster("a")));
        var answer = await stream.NextAsync(TypeUrls.Cluster);

        Assert.Equal("n1", answer.Nonce);
        Assert.Null(answer.Error);
        Assert.Equal(variant == XdsVariant.Delta ? "" : "v1", answer.Version);
        Assert.Equal(new ResourceChangeShape(TypeUrls.Cluster, "a@v1", ""), ResourceChangeShape.Of(Assert.Single(harness.Sink.Changes)));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Response_WithNewErrors_IsRejectedWithTheirTextAndTheLastGoodVersion(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();
        stream.Send(new(TypeUrls.Listener, "v1", "1", TestResource.Listener("l")));
        await stream.NextAsync(TypeUrls.Listener);
        harness.Sink.Judge = _ => [new("l", "filter_chains[2]", "has no filters", IsNew: true), new("m", "", "is old news", IsNew: false)];

        stream.Send(new(TypeUrls.Listener, "v2", "2", TestResource.Listener("l"), TestResource.Listener("m")));
        var answer = await stream.NextAsync(TypeUrls.Listener);

        Assert.Equal("2", answer.Nonce);
        Assert.Equal(variant == XdsVariant.Delta ? "" : "v1", answer.Version);
        Assert.Equal(3, answer.Error!.Code);
        Assert.Equal("l: filter_chains[2]: has no filters; m: is old news", answer.Error.Message);
        Assert.Equal(["l", "m"], harness.Sink.Names(TypeUrls.Listener));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Response_WithKnownErrorsOnly_IsAcknowledged(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();
        harness.Sink.Judge = _ => [new("l", "", "is still bad", IsNew: false)];

        stream.Send(new(TypeUrls.Listener, "v2", "2", TestResource.Listener("l")));

        Assert.Null((await stream.NextAsync(TypeUrls.Listener)).Error);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Response_WithUnreadableResources_IsRejectedOnceAndTheOthersApplied(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();
        (string, Any?)[] resources =
        [
            TestResource.StaticCluster("good"),
            TestResource.Garbage("garbage", TypeUrls.Cluster),
            ("other", TestResource.Listener("other").Body),
            ("nameless", Any.Pack(new Cluster())),
        ];

        stream.Send(new(TypeUrls.Cluster, "v1", "1", resources));
        var first = await stream.NextAsync(TypeUrls.Cluster);
        stream.Send(new(TypeUrls.Cluster, "v2", "2", resources));
        var again = await stream.NextAsync(TypeUrls.Cluster);

        Assert.Contains("has no readable name", first.Error!.Message, StringComparison.Ordinal);
        Assert.Contains($"is of type '{TypeUrls.Listener}'", first.Error.Message, StringComparison.Ordinal);
        Assert.Null(again.Error);
        Assert.Equal(["good"], harness.Sink.Names(TypeUrls.Cluster));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Response_WithANameTwice_KeepsTheFirstAndIsRejected(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();

        stream.Send(new(TypeUrls.Cluster, "v1", "1", TestResource.StaticCluster("a"), TestResource.Cluster("a")));
        var answer = await stream.NextAsync(TypeUrls.Cluster);

        Assert.Contains("a: appears more than once", answer.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(harness.Sink.Referenced(TypeUrls.ClusterLoadAssignment));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Response_BeyondTheLimitOfResources_IsRejectedForTheRest(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant, configure: options => options with { MaxResourcesPerType = 2 });
        var stream = await harness.StartSubscribedAsync();
        stream.Send(new(TypeUrls.Cluster, "v1", "1", TestResource.StaticCluster("a"), TestResource.StaticCluster("b")));
        await stream.NextAsync(TypeUrls.Cluster);

        stream.Send(new(TypeUrls.Cluster, "v2", "2", TestResource.StaticCluster("a"), TestResource.StaticCluster("b"), TestResource.StaticCluster("c")));
        var answer = await stream.NextAsync(TypeUrls.Cluster);

        Assert.Contains("c: is beyond", answer.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(["a@v2", "b@v2"], harness.Sink.Received(TypeUrls.Cluster).Select(resource => $"{resource.Name}@{resource.Version}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Response_TheSinkThrowsOn_IsRejectedAndTheStreamGoesOn(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();
        harness.Sink.Judge = _ => throw new InvalidOperationException("a bug");

        stream.Send(new(TypeUrls.Listener, "v1", "1", TestResource.Listener("l")));
        var answer = await stream.NextAsync(TypeUrls.Listener);
        harness.Sink.Judge = _ => [];
        stream.Send(new(TypeUrls.Listener, "v2", "2", TestResource.Listener("l")));

        Assert.Equal(13, answer.Error!.Code);
        Assert.Null((await stream.NextAsync(TypeUrls.Listener)).Error);
        Assert.Contains(harness.Log.Events, entry => entry.Level == Microsoft.Extensions.Logging.LogLevel.Error && entry.Text.Contains("a bug", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Response_UnknownTypeStaleOrWithoutNonce_IsNeitherAppliedNorAnswered(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var ignored = new CounterReadings(harness.MeterFactory, "control_plane.update_ignored", "reason");
        var stream = await harness.StartSubscribedAsync();
        stream.Send(new(TypeUrls.Listener, "v1", "1", TestResource.Listener("l")));
        await stream.NextAsync(TypeUrls.Listener);

        stream.Send(new(TypeUrls.Prefix + "envoy.config.route.v3.RouteConfiguration", "v1", "2"));
        stream.Send(new(TypeUrls.Listener, "v1", "1", TestResource.Listener("stale")));
        stream.Send(new(TypeUrls.Listener, "v1", "", TestResource.Listener("no-nonce")));
        stream.Send(new(TypeUrls.Cluster, "v1", "3", TestResource.StaticCluster("c")));

        Assert.Equal("3", (await stream.NextAsync(TypeUrls.Cluster)).Nonce);
        Assert.Equal(["l"], harness.Sink.Names(TypeUrls.Listener));
        Assert.Equal(["NoNonce=1", "StaleNonce=1", "UnknownType=1"], ignored.Readings);
    }

    private sealed record ResourceChangeShape(string TypeUrl, string Updated, string Removed)
    {
        public static ResourceChangeShape Of(ResourceChange change) => new(
            change.TypeUrl,
            string.Join(' ', change.Updated.Select(resource => $"{resource.Name}@{resource.Version}")),
            string.Join(' ', change.Removed));
    }
}
