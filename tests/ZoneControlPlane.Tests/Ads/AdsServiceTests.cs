using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Service.Discovery.V3;
using Zoneway.TestUtilities;
using Zoneway.Xds.Grpc;
using Zoneway.ZoneControlPlane.Tests.Support;
using static Zoneway.ZoneControlPlane.Tests.Ads.TestSnapshots;

namespace Zoneway.ZoneControlPlane.Tests.Ads;

/// <summary>The control plane as a proxy sees it, over real connections and with our own gRPC client.</summary>
public sealed class AdsServiceTests
{
    private static readonly string TwoZones =
        SampleResources.Mesh("m")
        + SampleResources.Egress("ze-1", "west") + SampleResources.Ingress("zi-1", "west", "203.0.113.9")
        + SampleResources.Ingress("e", "east", "203.0.113.1")
        + SampleResources.Dataplane("d1", "east", "m", "backend") + SampleResources.Dataplane("d2", "west", "m", "local");

    [Fact]
    public async Task Sotw_Egress_GetsClustersEndpointsListenersAndTheirChanges()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(TwoZones);
        using var stream = controlPlane.OpenSotw();
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Clusters, Node = TestNodes.Egress("ze-1") });
        var clusters = await stream.ReceiveAsync();
        Assert.Equal("m:backend", clusters.Resources.Single().Unpack<Cluster>().Name);
        await stream.SendAsync(Ack(clusters));
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Endpoints, ResourceNames = { "m:backend" } });
        var endpoints = await stream.ReceiveAsync();
        Assert.Equal(1u, WeightOf(endpoints));
        await stream.SendAsync(Ack(endpoints, "m:backend"));
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Listeners });
        var listeners = await stream.ReceiveAsync();
        Assert.Equal("inbound:192.168.0.1:10002", listeners.Resources.Single().Unpack<Listener>().Name);
        await stream.SendAsync(Ack(listeners));

        controlPlane.Folder.Write("more.yaml", SampleResources.Dataplane("d3", "east", "m", "backend"));

        var more = await stream.ReceiveAsync();
        Assert.Equal((Endpoints, 2u), (more.TypeUrl, WeightOf(more)));
        Assert.NotEqual(endpoints.VersionInfo, more.VersionInfo);
    }

    [Fact]
    public async Task Delta_Ingress_GetsResourcesAndOnlyDifferencesLater()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(TwoZones);
        using var stream = controlPlane.OpenDelta();
        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Clusters, Node = TestNodes.Ingress("zi-1") });
        var clusters = await stream.ReceiveAsync();
        Assert.Equal(["m:local"], clusters.Resources.Select(static resource => resource.Name));
        await stream.SendAsync(Ack(clusters));

        controlPlane.Folder.Write("more.yaml", SampleResources.Dataplane("d3", "west", "m", "second"));
        var added = await stream.ReceiveAsync();
        Assert.Equal(["m:second"], added.Resources.Select(static resource => resource.Name));
        await stream.SendAsync(Ack(added));

        File.Delete(controlPlane.Folder.PathOf("more.yaml"));
        Assert.Equal(["m:second"], (await stream.ReceiveAsync()).RemovedResources);
    }

    [Fact]
    public async Task Delta_Reconnect_SkipsWhatTheProxyHas()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(TwoZones);
        string version;
        using (var first = controlPlane.OpenDelta())
        {
            await first.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Clusters, Node = TestNodes.Egress("ze-1") });
            version = (await first.ReceiveAsync()).Resources.Single().Version;
        }

        await controlPlane.Log.WaitForAsync("Node .ze-1 gone");
        using var second = controlPlane.OpenDelta();
        await second.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Clusters, Node = TestNodes.Egress("ze-1"), InitialResourceVersions = { ["m:backend"] = version } });

        Assert.Empty((await second.ReceiveAsync()).Resources);
    }

    [Fact]
    public async Task SecondStream_OfTheSameNode_IsRefusedAndTheFirstGoesOn()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(TwoZones);
        using var first = controlPlane.OpenSotw();
        await first.SendAsync(new DiscoveryRequest { TypeUrl = Clusters, Node = TestNodes.Egress("ze-1") });
        var answer = await first.ReceiveAsync();

        using var second = controlPlane.OpenDelta();
        await second.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Clusters, Node = TestNodes.Egress("ze-1") });
        var status = await second.ReadToEndAsync();

        Assert.Equal((StatusCode.Unknown, "there is already an active stream from this node, try again later"), (status.StatusCode, status.Detail));
        await first.SendAsync(Ack(answer));
        await first.SendAsync(new DiscoveryRequest { TypeUrl = Listeners });
        Assert.Single((await first.ReceiveAsync()).Resources);
    }

    [Fact]
    public async Task Resource_SentByTheProxy_IsUsedWhileItsStreamLives()
    {
        const string Own = """{"type":"ZoneIngress","name":"own","networking":{"address":"127.0.0.1","port":20001}}""";
        await using var controlPlane = await RunningControlPlane.StartAsync(TwoZones);
        using (var stream = controlPlane.OpenSotw())
        {
            await stream.SendAsync(new DiscoveryRequest { TypeUrl = Listeners, Node = TestNodes.Ingress("own", Own) });

            var listener = (await stream.ReceiveAsync()).Resources.Single().Unpack<Listener>();
            Assert.Equal("inbound:127.0.0.1:20001", listener.Name);
            Assert.True(listener.EnableReusePort);
            Assert.Equal("local{mesh=m}", listener.FilterChains.Single().FilterChainMatch.ServerNames.Single());
        }

        await controlPlane.Log.WaitForAsync("Node .own gone");
        using var without = controlPlane.OpenSotw();
        await without.SendAsync(new DiscoveryRequest { TypeUrl = Listeners, Node = TestNodes.Ingress("own") });
        await controlPlane.Log.WaitForAsync("Node .own: there is no zone Ingress of that name");
        controlPlane.Folder.Write("own.yaml", SampleResources.Ingress("own", "west", "203.0.113.4"));
        Assert.Equal("inbound:10.0.0.1:10001", (await without.ReceiveAsync()).Resources.Single().Unpack<Listener>().Name);
    }

    [Fact]
    public async Task Rejection_PausesTheStreamThenSendsAgain()
    {
        var clock = new ManualTimeProvider();
        var backoff = TimeSpan.FromSeconds(7);
        await using var controlPlane = await RunningControlPlane.StartAsync(TwoZones, options => options with { Ads = options.Ads with { NackBackoff = backoff } }, clock);
        using var stream = controlPlane.OpenSotw();
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Clusters, Node = TestNodes.Egress("ze-1") });
        var first = await stream.ReceiveAsync();

        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Clusters, ResponseNonce = first.Nonce, ErrorDetail = new Google.Rpc.Status { Code = 13, Message = "no such thing" } });
        await controlPlane.Log.WaitForAsync("answer 1, and keeps what it had: no such thing");
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Listeners });
        await clock.ArmedAsync(due => due == backoff);
        clock.Advance(backoff - TimeSpan.FromMilliseconds(1));
        Assert.False(stream.HasAnswer());
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal((Clusters, first.VersionInfo), ((await stream.ReceiveAsync()) is { } again ? (again.TypeUrl, again.VersionInfo) : default));
        Assert.Equal(Listeners, (await stream.ReceiveAsync()).TypeUrl);
    }

    [Theory]
    [InlineData("zi-1", "ingress", "node with an id")]
    [InlineData(".zi-1", "dataplane", "proxy types ingress and egress only")]
    [InlineData(".../etc", "ingress", "node with an id")]
    public async Task Node_ThatCannotBeServed_IsRefusedWithTheReason(string id, string kind, string reason)
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(TwoZones);
        using var stream = controlPlane.OpenSotw();
        var node = TestNodes.Ingress("x");
        node.Id = id;
        node.Metadata.Fields["dataplane.proxyType"].StringValue = kind;

        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Clusters, Node = node });
        var status = await stream.ReadToEndAsync();

        Assert.Equal(StatusCode.Unknown, status.StatusCode);
        Assert.Contains(reason, status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_WithoutTypeOrWithAnotherNode_EndTheStream()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(TwoZones);
        using var first = controlPlane.OpenSotw();
        await first.SendAsync(new DiscoveryRequest { Node = TestNodes.Ingress("zi-1") });
        Assert.Equal("type URL is required for ADS", (await first.ReadToEndAsync()).Detail);

        using var second = controlPlane.OpenSotw();
        await second.SendAsync(new DiscoveryRequest { TypeUrl = Secrets, Node = TestNodes.Ingress("zi-1") });
        await second.SendAsync(new DiscoveryRequest { TypeUrl = Secrets, Node = TestNodes.Ingress("other") });
        Assert.Equal(StatusCode.InvalidArgument, (await second.ReadToEndAsync()).StatusCode);
    }

    [Fact]
    public async Task FirstRequest_ThatNeverComes_EndsTheStream()
    {
        var clock = new ManualTimeProvider();
        await using var controlPlane = await RunningControlPlane.StartAsync(TwoZones, time: clock);
        using var stream = controlPlane.OpenSotw();
        var end = stream.ReadToEndAsync();
        await clock.ArmedAsync(static due => due == TimeSpan.FromSeconds(10));

        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(StatusCode.DeadlineExceeded, (await end).StatusCode);
    }

    [Fact]
    public async Task Stop_WithOpenStreams_EndsThemAtOnce()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(TwoZones);
        using var stream = controlPlane.OpenSotw();
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Clusters, Node = TestNodes.Egress("ze-1") });
        await stream.ReceiveAsync();

        var stopping = controlPlane.StopAsync();

        Assert.Equal(StatusCode.Unavailable, (await stream.ReadToEndAsync()).StatusCode);
        await stopping.AsTask().WaitAsync(TestLimits.Wait);
    }

    [Fact]
    public async Task ClientEndsItsSide_StreamEndsWell()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(TwoZones);
        using var stream = controlPlane.OpenSotw();
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Clusters, Node = TestNodes.Egress("ze-1") });
        await stream.ReceiveAsync();

        await stream.CompleteAsync();

        Assert.Equal(StatusCode.OK, (await stream.ReadToEndAsync()).StatusCode);
        await controlPlane.Log.WaitForAsync("Node .ze-1 gone; answers sent 1, accepted 0, rejected 0");
    }

    private static uint? WeightOf(DiscoveryResponse endpoints) =>
        endpoints.Resources.Single().Unpack<ClusterLoadAssignment>().Endpoints.Single().LbEndpoints.Single().LoadBalancingWeight;

    private static DiscoveryRequest Ack(DiscoveryResponse answer, params string[] names) =>
        new() { TypeUrl = answer.TypeUrl, VersionInfo = answer.VersionInfo, ResponseNonce = answer.Nonce, ResourceNames = { names } };

    private static DeltaDiscoveryRequest Ack(DeltaDiscoveryResponse answer) => new() { TypeUrl = answer.TypeUrl, ResponseNonce = answer.Nonce };
}
