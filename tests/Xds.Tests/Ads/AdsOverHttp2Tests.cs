using System.Net;
using System.Net.Sockets;
using Zoneway.TestUtilities.Ads;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>The client against a control plane on a loopback port, over gRPC and HTTP/2.</summary>
public sealed class AdsOverHttp2Tests
{
    public static TheoryData<XdsVariant> Variants => AdsHarness.Variants;

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Conversation_FromClustersToSecrets_IsAcknowledgedThroughout(XdsVariant variant)
    {
        await using var controlPlane = await ScriptedControlPlane.StartAsync();
        await using var harness = Connect(controlPlane.Address, variant);
        harness.Sink.Secrets.Add("ca");
        await harness.Client.StartAsync(CancellationToken.None);
        var stream = await controlPlane.NextStreamAsync();
        Assert.Equal(variant, stream.Variant);
        Assert.Equal("token", stream.Authorization);

        Assert.Equal(".zi-1", (await stream.NextAsync(TypeUrls.Cluster)).Node!.Id);
        await stream.NextAsync(TypeUrls.Listener);
        await stream.NextAsync(TypeUrls.Secret);
        stream.Send(new(TypeUrls.Cluster, "c1", "1", TestResource.Cluster("a")));
        await stream.NextAsync(TypeUrls.Cluster);
        Assert.Equal(["a"], (await stream.NextAsync(TypeUrls.ClusterLoadAssignment)).Names);
        stream.Send(new(TypeUrls.ClusterLoadAssignment, "e1", "2", TestResource.Endpoints("a")));
        await stream.NextAsync(TypeUrls.ClusterLoadAssignment);
        stream.Send(new(TypeUrls.Listener, "l1", "3", TestResource.Listener("l")));
        await stream.NextAsync(TypeUrls.Listener);
        stream.Send(new(TypeUrls.Secret, "s1", "4", TestResource.Secret("ca")));
        await stream.NextAsync(TypeUrls.Secret);

        Assert.DoesNotContain(stream.Recorded, request => request.Error is not null);
        Assert.Equal([TypeUrls.Cluster, TypeUrls.ClusterLoadAssignment, TypeUrls.Listener, TypeUrls.Secret], harness.Sink.Changes.Select(change => change.TypeUrl));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Refused_ThenCut_GetsInAgain(XdsVariant variant)
    {
        await using var controlPlane = await ScriptedControlPlane.StartAsync();
        await using var harness = Connect(controlPlane.Address, variant);
        await harness.Client.StartAsync(CancellationToken.None);

        (await controlPlane.NextStreamAsync()).End(StatusCode.Unknown, "there is already an active stream from this node, try again later");
        var second = await controlPlane.NextStreamAsync();
        await second.NextAsync(TypeUrls.Cluster);
        await second.NextAsync(TypeUrls.Listener);
        second.Send(new(TypeUrls.Listener, "l1", "1", TestResource.Listener("l")));
        await second.NextAsync(TypeUrls.Listener);
        second.End(StatusCode.Unavailable, "shutting down");
        var third = await controlPlane.NextStreamAsync();
        await third.NextAsync(TypeUrls.Cluster);

        var listeners = await third.NextAsync(TypeUrls.Listener);
        Assert.Equal(variant == XdsVariant.Delta ? "" : "l1", listeners.Version);
        Assert.Equal(variant == XdsVariant.Delta ? 1 : 0, listeners.InitialVersions.Count);
        Assert.Equal(["l"], harness.Sink.Names(TypeUrls.Listener));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task ControlPlaneComesLate_IsFound(XdsVariant variant)
    {
        Uri address;
        await using (var gone = await ScriptedControlPlane.StartAsync())
        {
            address = gone.Address;
        }

        await using var harness = Connect(address, variant);
        await harness.Client.StartAsync(CancellationToken.None);
        await harness.Log.SeenAsync("Unavailable");
        await using var controlPlane = await ScriptedControlPlane.StartAsync(address.Port);

        await (await controlPlane.NextStreamAsync()).NextAsync(TypeUrls.Cluster);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task TenThousandClusters_ArriveAndTheirNamesAreSent(XdsVariant variant)
    {
        await using var controlPlane = await ScriptedControlPlane.StartAsync();
        await using var harness = Connect(controlPlane.Address, variant);
        await harness.Client.StartAsync(CancellationToken.None);
        var names = Enumerable.Range(0, 10_000).Select(i => $"service-{i:D5}{{mesh=default,version=v1}}").ToArray();

        var stream = await controlPlane.NextStreamAsync();
        await stream.NextAsync(TypeUrls.Cluster);
        await stream.NextAsync(TypeUrls.Listener);
        for (var i = 1; i <= 5; i++)
        {
            stream.Send(new(TypeUrls.Cluster, $"c{i}", $"{i}", [.. names.Select(TestResource.Cluster)]));
        }

        Assert.Null((await stream.NextAsync(TypeUrls.Cluster)).Error);
        Assert.Equal(names, (await stream.NextAsync(TypeUrls.ClusterLoadAssignment)).Names);
        while ((await stream.NextAsync()).Nonce != "5")
        {
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Stop_WhileTheControlPlaneIsSilent_EndsTheStreamInGoodOrder(XdsVariant variant)
    {
        await using var controlPlane = await ScriptedControlPlane.StartAsync();
        await using var harness = Connect(controlPlane.Address, variant);
        await harness.Client.StartAsync(CancellationToken.None);
        var stream = await controlPlane.NextStreamAsync();
        await stream.NextAsync(TypeUrls.Cluster);

        await harness.Client.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(await stream.ClientEndAsync);
    }

    [Fact]
    public async Task Stop_WhileThePeerAcceptsAndSaysNothing_EndsSoon()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var harness = Connect(new Uri($"http://{listener.LocalEndpoint}"), XdsVariant.Delta);
        await harness.Client.StartAsync(CancellationToken.None);
        using var accepted = await listener.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(30));

        await harness.Client.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static AdsHarness Connect(Uri address, XdsVariant variant)
    {
        var connection = new ControlPlaneConnection { Address = address };
        return new AdsHarness(
            variant,
            jitter: 0.01,
            options => options with { Connection = connection, TokenSource = _ => ValueTask.FromResult<string?>("token\n") },
            new GrpcAdsTransport(() => connection.CreateChannel(TimeProvider.System)),
            TimeProvider.System);
    }
}
