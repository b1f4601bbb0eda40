using Zoneway.Ingress.Tests.Settings;
using Zoneway.SniRouter;
using Zoneway.TestUtilities.Kuma;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>How the ingress gets on with a control plane that is away, refuses, stalls, or is another one than before.</summary>
public sealed class KumaStreamTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_ControlPlaneAway_TrafficGoesOnAndAnotherOneIsFollowed(bool delta)
    {
        await using var zone = await KumaZone.ServeAsync(delta, DataPath.Auto, null, "red");
        await using var held = await zone.HoldAsync("red");

        await zone.StopControlPlaneAsync();
        Assert.Equal("red", await zone.ReachAsync("red"));
        Assert.Equal("READY", (await zone.Proxy.GetAsync("/ready")).Text);

        await zone.RestartControlPlaneAsync(KumaIngressGenerator.Generate(zone.Service("red"), zone.Service("blue")));
        await zone.UntilReachedAsync("blue", "blue");

        Assert.Equal("red", await zone.ReachAsync("red"));
        Assert.Equal("still here", await held.EchoAsync("still here"));
        Assert.Empty(zone.ControlPlane.Traffic.Rejections);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_StreamCut_IsRefusedUntilDeregisteredThenRecovers(bool delta)
    {
        await using var zone = await KumaZone.ServeAsync(delta, DataPath.Auto, null, "red");
        var blue = zone.Service("blue");

        zone.ControlPlane.CutStreams();
        await RunningProxy.UntilAsync(() => Task.FromResult(!zone.ControlPlane.Traffic.Refusals.IsEmpty), "the second stream is refused");
        Assert.Equal("there is already an active stream from this node, try again later", zone.ControlPlane.Traffic.Refusals.First());
        Assert.Equal("red", await zone.ReachAsync("red"));

        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(blue));
        await zone.UntilReachedAsync("blue", "blue");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_OneBadListener_TheRestIsServedAndTheRejectionIsToldOnce(bool delta)
    {
        await using var zone = await KumaZone.ServeAsync(delta, DataPath.Auto, null, "red");
        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(zone.Service("red"), zone.Service("blue")).WithBadListener("bad"));
        await zone.UntilReachedAsync("blue", "blue");
        await zone.UntilAsync(() => Task.FromResult(zone.ControlPlane.Traffic.Rejections.Count > 0), "the listener is rejected");

        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(zone.Service("green")).WithBadListener("bad"));
        await zone.UntilReachedAsync("green", "green");
        Assert.Contains("bad", Assert.Single(zone.ControlPlane.Traffic.Rejections), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_AfterNack_TheStreamStallsForItsBackoff(bool delta)
    {
        await using var zone = await KumaZone.ServeAsync(delta, DataPath.Auto, null, "red");
        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(zone.Service("red")).WithBadListener("bad"));
        zone.ControlPlane.Tick();
        await zone.ControlPlane.Clock.ArmedAsync(static due => due == TimeSpan.FromSeconds(5));
        var answers = zone.ControlPlane.Traffic.Responses.Count;

        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(zone.Service("blue")));
        zone.ControlPlane.Tick();
        Assert.Null(await zone.ReachAsync("blue"));
        Assert.Equal(answers, zone.ControlPlane.Traffic.Responses.Count);

        await zone.UntilReachedAsync("blue", "blue");
    }

    [Fact]
    public async Task Run_TokenRotates_TheNextStreamShowsTheNewOne()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("token", "first");
        await using var zone = await KumaZone.StartAsync(new KumaOptions { Tokens = ["first"] });
        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(zone.Service("red")));
        zone.StartProxy(delta: false, tokenFile: file);
        await zone.UntilReadyAsync();

        zone.ControlPlane.Accept("second");
        zone.ControlPlane.CutStreams();
        await zone.UntilAsync(() => Task.FromResult(zone.ControlPlane.Traffic.Refusals.Any(static text => text.StartsWith("authentication failed:", StringComparison.Ordinal))), "the old token is refused");
        directory.Write("token", "second");
        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(zone.Service("blue")));
        await zone.UntilReachedAsync("blue", "blue");

        Assert.Equal("first", zone.ControlPlane.Traffic.Streams.First().Authorization);
        Assert.Equal("second", zone.ControlPlane.Traffic.Streams.Last().Authorization);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_Kubernetes_WaitsForItsResourceAndReadsTheTokenFile(bool delta)
    {
        using var directory = new TemporaryDirectory();
        await using var zone = await KumaZone.StartAsync(new KumaOptions { IsKubernetes = true, Tokens = ["pod"] });
        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(zone.Service("red")));
        zone.StartProxy(delta, tokenFile: directory.Write("token", "pod"), hasResource: false);
        await RunningProxy.UntilAsync(() => Task.FromResult(zone.ControlPlane.Traffic.Bootstraps.Count >= 2), "it asks again");
        Assert.All(zone.ControlPlane.Traffic.Bootstraps, static bootstrap => Assert.Equal(404, bootstrap.Status));

        zone.ControlPlane.Registry.Add("zi-1");
        await zone.UntilReadyAsync();

        Assert.Equal("red", await zone.ReachAsync("red"));
        Assert.Equal("pod", zone.ControlPlane.Traffic.Streams.Single().Authorization);
        Assert.True(zone.ControlPlane.Traffic.IsAccepted);
    }
}
