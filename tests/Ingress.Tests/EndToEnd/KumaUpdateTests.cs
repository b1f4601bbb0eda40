using System.Net.Sockets;
using Zoneway.Hosting.Settings;
using Zoneway.SniRouter;
using Zoneway.TestUtilities.Kuma;
using Zoneway.Xds.Ads;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>What the ingress makes of a zone control plane's updates, from bootstrap to bytes.</summary>
public sealed class KumaUpdateTests
{
    [Theory]
    [InlineData(false, DataPath.Auto)]
    [InlineData(false, DataPath.Portable)]
    [InlineData(true, DataPath.Auto)]
    [InlineData(true, DataPath.Portable)]
    public async Task Run_FirstSnapshot_IsServed(bool delta, DataPath dataPath)
    {
        await using var zone = await KumaZone.ServeAsync(delta, dataPath, null, "red", "blue");

        Assert.Equal("red", await zone.ReachAsync("red"));
        Assert.Equal("blue", await zone.ReachAsync("blue"));
        Assert.Equal(delta ? XdsVariant.Delta : XdsVariant.StateOfTheWorld, zone.ControlPlane.Traffic.Streams.Single().Variant);
        Assert.Empty(zone.ControlPlane.Traffic.Rejections);
    }

    // The 3.x line has no other proxies than Dataplanes, and names delta whatever is asked for.
    [Theory]
    [InlineData("egress", false)]
    [InlineData("egress", true)]
    [InlineData("dataplane", false)]
    public async Task Run_OtherKindsOfProxy_AreServed(string kind, bool delta)
    {
        var isDataplane = kind == "dataplane";
        await using var zone = await KumaZone.StartAsync(new KumaOptions { Profile = isDataplane ? KumaProfile.Head : KumaProfile.V214 });
        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(zone.Service("red")));

        zone.StartProxy(delta, type: isDataplane ? ProxyType.Dataplane : ProxyType.Egress);
        await zone.UntilReadyAsync();

        Assert.Equal("red", await zone.ReachAsync("red"));
        Assert.Equal(delta || isDataplane ? XdsVariant.Delta : XdsVariant.StateOfTheWorld, zone.ControlPlane.Traffic.Streams.Single().Variant);
        Assert.Equal(isDataplane ? "default.zi-1" : ".zi-1", zone.ControlPlane.Traffic.NodeId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_LateFirstSnapshot_IsNotReadyBefore(bool delta)
    {
        await using var zone = await KumaZone.StartAsync();
        zone.StartProxy(delta);
        await zone.UntilAsync(() => Task.FromResult(zone.ControlPlane.Traffic.IsSubscribed), "it has subscribed");
        Assert.Equal("NOT_READY", (await zone.Proxy.GetAsync("/ready")).Text);

        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(zone.Service("red")));

        await zone.UntilReadyAsync();
        Assert.Equal("red", await zone.ReachAsync("red"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_NothingToServe_SaysSo(bool delta)
    {
        await using var zone = await KumaZone.ServeAsync(delta, DataPath.Auto, null);

        using var client = new TcpClient();
        await client.ConnectAsync(zone.Listener);
        using var reader = new StreamReader(client.GetStream());

        Assert.Equal("""{"proxy":".zi-1","zone":"east"}""", await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData(false, DataPath.Auto)]
    [InlineData(true, DataPath.Portable)]
    public async Task Run_EndpointsChange_NewConnectionsFollowAndOldOnesStay(bool delta, DataPath dataPath)
    {
        await using var zone = await KumaZone.ServeAsync(delta, dataPath, null, "red");
        await using var held = await zone.HoldAsync("red");

        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(new KumaService("red", zone.Backend("red-2"))));
        await zone.UntilReachedAsync("red", "red-2");

        Assert.Equal("still here", await held.EchoAsync("still here"));
    }

    [Theory]
    [InlineData(false, "2.14")]
    [InlineData(true, "2.14")]
    [InlineData(false, "2.7")]
    public async Task Run_ServiceComesAndGoes_RouteComesAndGoes(bool delta, string version)
    {
        var profile = version == "2.7" ? KumaProfile.V27 : KumaProfile.V214;
        await using var zone = await KumaZone.ServeAsync(delta, DataPath.Auto, new KumaOptions { Profile = profile }, "red");
        var listener = zone.Listener;
        await using var held = await zone.HoldAsync("red");
        var red = new KumaService("red", zone.Backend("red"));
        var blue = zone.Service("blue");

        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(red, blue));
        await zone.UntilReachedAsync("blue", "blue");
        Assert.Equal("red", await zone.ReachAsync("red"));

        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(blue));
        await zone.UntilReachedAsync("red", null);

        Assert.Equal("blue", await zone.ReachAsync("blue"));
        Assert.Equal("still here", await held.EchoAsync("still here"));
        Assert.Equal(listener, zone.Listener);
        Assert.Empty(zone.ControlPlane.Traffic.Rejections);
    }
}
