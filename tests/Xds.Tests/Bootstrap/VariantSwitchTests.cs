using Zoneway.TestUtilities.Ads;
using Zoneway.TestUtilities.Bootstrap;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Tests.Ads;

namespace Zoneway.Xds.Tests.Bootstrap;

/// <summary>A control plane is replaced by one that speaks the other variant only, or lives elsewhere, while the proxy runs.</summary>
public sealed class VariantSwitchTests
{
    [Fact]
    public async Task StateOfTheWorldIsGone_SwitchesToDelta_KeepsWhatIsInForceAndDropsWhatIsNot()
    {
        await using var controlPlane = await ScriptedControlPlane.StartAsync();
        await using var bootstrap = await FakeBootstrapServer.StartAsync();
        bootstrap.AnswersWith(SampleBootstraps.PlainAt(controlPlane.Address.Port)).AnswersWith(SampleBootstraps.PlainAt(controlPlane.Address.Port, "DELTA_GRPC"));
        await using var proxy = await ControlPlaneComposition.StartAsync(bootstrap);
        var old = await controlPlane.NextStreamAsync();
        await SendClustersAsync(old, "1", "a", "b");

        old.End(StatusCode.Unimplemented, "unknown method");
        var stream = await controlPlane.NextStreamAsync();
        var first = await stream.NextAsync(TypeUrls.Cluster);

        Assert.Equal((XdsVariant.StateOfTheWorld, XdsVariant.Delta), (old.Variant, stream.Variant));
        Assert.Equal(".zi-1", first.Node!.Id);
        Assert.Equal(["a", "b"], proxy.InForce(TypeUrls.Cluster));
        Assert.Equal([("a", ""), ("b", "")], first.InitialVersions.Select(claim => (claim.Key, claim.Value)).Order());

        stream.Send(new(TypeUrls.Cluster, "7", "d1", ("a", TestResource.Cluster("a").Body)) { Removed = ["b"] });
        await AnswerAsync(stream, TypeUrls.Cluster, "d1");
        Assert.Equal(["a"], proxy.InForce(TypeUrls.Cluster));
    }

    [Fact]
    public async Task DeltaIsGone_SwitchesToStateOfTheWorld_KeepsWhatIsInForceAndDropsWhatIsNot()
    {
        await using var controlPlane = await ScriptedControlPlane.StartAsync();
        await using var bootstrap = await FakeBootstrapServer.StartAsync();
        bootstrap.AnswersWith(SampleBootstraps.PlainAt(controlPlane.Address.Port, "DELTA_GRPC")).AnswersWith(SampleBootstraps.PlainAt(controlPlane.Address.Port));
        await using var proxy = await ControlPlaneComposition.StartAsync(bootstrap);
        var old = await controlPlane.NextStreamAsync();
        await SendClustersAsync(old, "1", "a", "b");

        old.End(StatusCode.Unimplemented, "unknown method");
        var stream = await controlPlane.NextStreamAsync();
        var first = await stream.NextAsync(TypeUrls.Cluster);

        Assert.Equal((XdsVariant.Delta, XdsVariant.StateOfTheWorld), (old.Variant, stream.Variant));
        Assert.Equal("", first.Version);
        Assert.Equal(["a", "b"], proxy.InForce(TypeUrls.Cluster));

        await SendClustersAsync(stream, "2", "b");
        Assert.Equal(["b"], proxy.InForce(TypeUrls.Cluster));
    }

    [Fact]
    public async Task StreamsAreRefusedAgainAndAgain_FollowsToWhereTheNewDocumentPoints()
    {
        await using var old = await ScriptedControlPlane.StartAsync();
        await using var replacement = await ScriptedControlPlane.StartAsync();
        await using var bootstrap = await FakeBootstrapServer.StartAsync();
        bootstrap.AnswersWith(SampleBootstraps.PlainAt(old.Address.Port)).AnswersWith(SampleBootstraps.PlainAt(replacement.Address.Port));
        await using var proxy = await ControlPlaneComposition.StartAsync(bootstrap);

        for (var attempt = 0; attempt < BootstrapRefreshTests.Patience; attempt++)
        {
            (await old.NextStreamAsync()).End(StatusCode.Unknown, "unsupported proxy type");
        }

        await SendClustersAsync(await replacement.NextStreamAsync(), "1", "a");
        Assert.Equal(["a"], proxy.InForce(TypeUrls.Cluster));
        Assert.Equal(2, bootstrap.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DocumentIsTheSameOrCannotBeHad_GoesOnWithWhatItKnows(bool isSame)
    {
        await using var controlPlane = await ScriptedControlPlane.StartAsync();
        await using var bootstrap = await FakeBootstrapServer.StartAsync();
        var document = SampleBootstraps.PlainAt(controlPlane.Address.Port);
        bootstrap.AnswersWith(document);
        _ = isSame ? bootstrap.AnswersWith(document) : bootstrap.Answers(503, "starting");
        await using var proxy = await ControlPlaneComposition.StartAsync(bootstrap);
        var old = await controlPlane.NextStreamAsync();
        await SendClustersAsync(old, "1", "a");

        old.End(StatusCode.Unimplemented);
        var stream = await controlPlane.NextStreamAsync();

        Assert.Equal("1", (await stream.NextAsync(TypeUrls.Cluster)).Version);
        Assert.Equal(["a"], proxy.InForce(TypeUrls.Cluster));
        Assert.Equal(2, bootstrap.Requests.Count);
    }

    [Fact]
    public async Task Token_IsSentOnEveryStreamAndNeverLogged()
    {
        await using var controlPlane = await ScriptedControlPlane.StartAsync();
        await using var bootstrap = await FakeBootstrapServer.StartAsync();
        bootstrap.AnswersWith(SampleBootstraps.PlainAt(controlPlane.Address.Port)).AnswersWith(SampleBootstraps.PlainAt(controlPlane.Address.Port, "DELTA_GRPC"));
        await using var proxy = await ControlPlaneComposition.StartAsync(bootstrap);

        var first = await controlPlane.NextStreamAsync();
        first.End(StatusCode.Unimplemented);
        var second = await controlPlane.NextStreamAsync();
        second.End(StatusCode.Unknown, "authentication failed: token is expired");
        var third = await controlPlane.NextStreamAsync();

        Assert.All(new[] { first, second, third }, stream => Assert.Equal("the-token", stream.Authorization));
        Assert.Contains(proxy.Log.Records, record => record.Message.Contains("authentication failed", StringComparison.Ordinal));
        Assert.DoesNotContain(proxy.Log.Records, record => $"{record.Message} {record.Exception}".Contains("the-token", StringComparison.Ordinal));
    }

    private static Task SendClustersAsync(ScriptedStream stream, string version, params string[] names)
    {
        stream.Send(new(TypeUrls.Cluster, version, $"n{version}", [.. names.Select(TestResource.Cluster)]));
        return AnswerAsync(stream, TypeUrls.Cluster, $"n{version}");
    }

    // Requests of other types and first requests come in between.
    private static async Task AnswerAsync(ScriptedStream stream, string typeUrl, string nonce)
    {
        while (await stream.NextAsync() is var request && (request.TypeUrl != typeUrl || request.Nonce != nonce))
        {
        }

        Assert.Null(stream.Recorded[^1].Error);
    }
}
