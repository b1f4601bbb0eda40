using Microsoft.Extensions.Logging;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>One stream after the other: waits, tokens, refusals.</summary>
public sealed class AdsClientTests
{
    public static TheoryData<XdsVariant> Variants => AdsHarness.Variants;

    [Fact]
    public async Task StreamFails_Repeatedly_WaitsTwiceAsLongUpToTheCap()
    {
        await using var harness = new AdsHarness(XdsVariant.StateOfTheWorld, jitter: 0.4);
        var waits = new List<double>();

        var stream = await harness.StartAsync();
        for (var i = 0; i < 8; i++)
        {
            stream.End(StatusCode.Unavailable);
            var wait = await harness.Clock.ArmedAsync(IsBackoff);
            waits.Add(wait.TotalMilliseconds);
            harness.Clock.Advance(wait);
            stream = await harness.ControlPlane.NextStreamAsync();
        }

        Assert.Equal([200, 400, 800, 1600, 3200, 6400, 12000, 12000], waits);
    }

    [Fact]
    public async Task StreamFails_AfterAResponse_WaitsAsAtTheStart()
    {
        await using var harness = new AdsHarness(XdsVariant.StateOfTheWorld, jitter: 0.4);
        var stream = await harness.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            stream.End(StatusCode.Unavailable);
            harness.Clock.Advance(await harness.Clock.ArmedAsync(IsBackoff));
            stream = await harness.ControlPlane.NextStreamAsync();
        }

        stream.Send(new(TypeUrls.Listener, "v1", "1"));
        stream.End(StatusCode.Unavailable);

        Assert.Equal(200, (await harness.Clock.ArmedAsync(IsBackoff)).TotalMilliseconds);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task EachStream_AsksForATokenOfItsOwnAndNeverLogsIt(XdsVariant variant)
    {
        var tokens = 0;
        await using var harness = new AdsHarness(variant, configure: options => options with
        {
            TokenSource = _ => ValueTask.FromResult<string?>($"secret-{++tokens}"),
        });

        var first = await harness.StartAsync();
        first.End(StatusCode.Unknown, "authentication failed: token is expired");
        var second = await harness.ControlPlane.NextStreamAsync();

        Assert.Equal(("secret-1", "secret-2"), (first.Authorization, second.Authorization));
        Assert.DoesNotContain(harness.Log.Events, entry => entry.Text.Contains("secret", StringComparison.Ordinal));
        Assert.Contains(harness.Log.Events, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("Check the token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TokenSource_Throws_IsAskedAgain()
    {
        var attempts = 0;
        await using var harness = new AdsHarness(XdsVariant.Delta, configure: options => options with
        {
            TokenSource = _ => ++attempts < 3 ? throw new IOException("no such file") : ValueTask.FromResult<string?>("token"),
        });

        var stream = await harness.StartAsync();

        Assert.Equal("token", stream.Authorization);
        Assert.Equal(2, harness.Log.Events.Count(entry => entry.Level == LogLevel.Warning && entry.Text.Contains("no such file", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Refused_AsAlreadyActive_BacksOffAndGetsIn(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            stream.End(StatusCode.Unknown, "there is already an active stream from this node, try again later");
            stream = await harness.ControlPlane.NextStreamAsync();
        }

        await stream.NextAsync(TypeUrls.Cluster);
        Assert.False(harness.Status.IsConnected);
        await stream.NextAsync(TypeUrls.Listener);
        stream.Send(new(TypeUrls.Cluster, "v1", "1", TestResource.StaticCluster("a")));
        await stream.NextAsync(TypeUrls.Cluster);

        Assert.True(harness.Status.IsConnected);
        Assert.Contains("already an active stream", harness.Status.LastError, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task StreamEnds_TheConfigurationStays(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();
        stream.Send(new(TypeUrls.Cluster, "v1", "1", TestResource.StaticCluster("a")));
        await stream.NextAsync(TypeUrls.Cluster);

        stream.End();
        await harness.ControlPlane.NextStreamAsync();

        Assert.Single(harness.Sink.Changes);
        Assert.Equal(["a"], harness.Sink.Names(TypeUrls.Cluster));
        Assert.Equal("the control plane ended the stream", harness.Status.LastError);
        Assert.DoesNotContain(harness.Log.Events, entry => entry.Level > LogLevel.Information);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Status_OfEachType_TellsVersionNonceAndCounts(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();
        stream.Send(new(TypeUrls.Cluster, "c1", "1", TestResource.Cluster("a"), TestResource.Cluster("b")));
        await stream.NextAsync(TypeUrls.Cluster);
        await stream.NextAsync(TypeUrls.ClusterLoadAssignment);
        harness.Sink.Judge = _ => [new("l", "", "is bad", IsNew: true)];
        stream.Send(new(TypeUrls.Listener, "l1", "2", TestResource.Listener("l")));
        await stream.NextAsync(TypeUrls.Listener);

        var types = harness.Status.Types.ToDictionary(type => type.Name);

        Assert.Equal(["cds", "eds", "lds", "sds"], types.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("c1", "1", 2, 1, 0), (types["cds"].Version, types["cds"].Nonce, types["cds"].Sent, types["cds"].Acknowledged, types["cds"].Rejected));
        Assert.Equal(("", "2", 2, 0, 1), (types["lds"].Version, types["lds"].Nonce, types["lds"].Sent, types["lds"].Acknowledged, types["lds"].Rejected));
        Assert.Equal((1, 2), (types["eds"].Sent, types["eds"].SubscribedNames));
        Assert.Equal("cp-1", harness.Status.ControlPlane);
        Assert.Equal(harness.Clock.GetUtcNow(), harness.Status.LastConnected);
    }

    // The other timer is the time a stream has to end in good order.
    private static bool IsBackoff(TimeSpan dueTime) => dueTime != TimeSpan.FromSeconds(1);
}
