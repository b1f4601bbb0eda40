using Zoneway.Xds.Ads;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>Slow sides and large states.</summary>
public sealed class BackPressureTests
{
    public static TheoryData<XdsVariant> Variants => AdsHarness.Variants;

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task SinkIsSlow_TheNextResponseWaits(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var gate = new TaskCompletionSource();
        harness.Sink.Gate = gate.Task;
        var stream = await harness.StartSubscribedAsync();

        stream.Send(new(TypeUrls.Cluster, "v1", "1", TestResource.StaticCluster("a")));
        await stream.Responses.WaitEmptyAsync();
        stream.Send(new(TypeUrls.Listener, "v1", "2", TestResource.Listener("l")));
        Assert.Equal(1, stream.Responses.Count);
        gate.SetResult();

        Assert.Equal("1", (await stream.NextAsync(TypeUrls.Cluster)).Nonce);
        Assert.Equal("2", (await stream.NextAsync(TypeUrls.Listener)).Nonce);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task ControlPlaneTakesNothingInWhileItSends_ResponsesAreReadAllTheSame(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();
        var takes = new TaskCompletionSource();
        harness.ControlPlane.Takes = takes.Task;

        for (var i = 1; i <= 20; i++)
        {
            stream.Send(new(TypeUrls.Cluster, $"v{i}", $"{i}", TestResource.StaticCluster("a"), TestResource.StaticCluster($"c{i}")));
        }

        await stream.Responses.WaitEmptyAsync();
        takes.SetResult();

        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal($"{i}", (await stream.NextAsync(TypeUrls.Cluster)).Nonce);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task TenThousandResources_OfEachType_AreTakenInAndAskedFor(XdsVariant variant)
    {
        const int Count = 10_000;
        await using var harness = new AdsHarness(variant);
        var names = Enumerable.Range(0, Count).Select(i => $"service-{i:D5}{{mesh=default}}").ToArray();
        var stream = await harness.StartSubscribedAsync();

        stream.Send(new(TypeUrls.Cluster, "c1", "1", [.. names.Select(TestResource.Cluster)]));
        await stream.NextAsync(TypeUrls.Cluster);
        Assert.Equal(names, (await stream.NextAsync(TypeUrls.ClusterLoadAssignment)).Names);
        stream.Send(new(TypeUrls.ClusterLoadAssignment, "e1", "2", [.. names.Select(TestResource.Endpoints)]));
        await stream.NextAsync(TypeUrls.ClusterLoadAssignment);
        stream.Send(new(TypeUrls.Listener, "l1", "3", [.. names.Select(TestResource.Listener)]));
        await stream.NextAsync(TypeUrls.Listener);

        Assert.All([TypeUrls.Cluster, TypeUrls.ClusterLoadAssignment, TypeUrls.Listener], type => Assert.Equal(Count, harness.Sink.Received(type).Count));
    }
}
