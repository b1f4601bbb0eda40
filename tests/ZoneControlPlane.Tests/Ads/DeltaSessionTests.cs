using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Zoneway.Xds.Grpc;
using Zoneway.ZoneControlPlane.Ads;
using static Zoneway.ZoneControlPlane.Tests.Ads.TestSnapshots;

namespace Zoneway.ZoneControlPlane.Tests.Ads;

public sealed class DeltaSessionTests
{
    private readonly DeltaSession _session = new(new ControlPlane { Identifier = "test" });

    [Fact]
    public void Receive_Wildcard_GetsEverythingThenOnlyWhatChanged()
    {
        var one = After(null, ["a", "b"]);
        _session.Update(one);
        var first = _session.Receive(Subscribe(Clusters)).Single();
        Assert.Equal(["a", "b"], first.Resources.Select(static resource => resource.Name));
        Assert.Empty(_session.Receive(Reply(first)));

        var second = _session.Update(After(one, ["b!", "c"])).Single();

        Assert.Equal(["b", "c"], second.Resources.Select(static resource => resource.Name));
        Assert.Equal(["a"], second.RemovedResources);
    }

    [Fact]
    public void Receive_EmptySnapshot_IsAnsweredOnceForAWildcard()
    {
        _session.Update(After(null, [], listener: null));

        var first = _session.Receive(Subscribe(Listeners)).Single();

        Assert.Empty(first.Resources);
        Assert.Empty(_session.Receive(Reply(first)));
    }

    [Fact]
    public void Receive_VersionsOfAnEarlierStream_SavesRepeatsAndTellsWhatIsGone()
    {
        var snapshot = After(null, ["a", "b"]);
        _session.Update(snapshot);
        var request = Subscribe(Clusters);
        request.InitialResourceVersions.Add("a", snapshot[Clusters]!.Items["a"].Version);
        request.InitialResourceVersions.Add("gone", "1");

        var answer = _session.Receive(request).Single();

        Assert.Equal(["b"], answer.Resources.Select(static resource => resource.Name));
        Assert.Equal(["gone"], answer.RemovedResources);
    }

    [Fact]
    public void Receive_SecretOfAnEarlierStreamThatIsNotThere_IsLeftToTheClient()
    {
        _session.Update(After(null, ["a"]));
        var request = Subscribe(Zoneway.Xds.Protocol.TypeUrls.Secret, "identity");
        request.InitialResourceVersions.Add("identity", "1");

        Assert.Empty(_session.Receive(request));
    }

    [Fact]
    public void Receive_Names_GetsTheseOnlyAndThoseAddedLater()
    {
        _session.Update(After(null, ["a", "b", "c"]));
        var first = _session.Receive(Subscribe(Endpoints, "a", "missing")).Single();
        Assert.Equal(["a"], first.Resources.Select(static resource => resource.Name));
        Assert.Empty(_session.Receive(Reply(first)));

        var second = _session.Receive(Subscribe(Endpoints, "b")).Single();

        Assert.Equal(["b"], second.Resources.Select(static resource => resource.Name));
    }

    [Fact]
    public void Receive_Unsubscribe_EndsUpdatesOfThatName()
    {
        var one = After(null, ["a", "b"]);
        _session.Update(one);
        var first = _session.Receive(Subscribe(Endpoints, "a", "b")).Single();
        _session.Receive(Reply(first));
        Assert.Empty(_session.Receive(new DeltaDiscoveryRequest { TypeUrl = Endpoints, ResourceNamesUnsubscribe = { "a" } }));

        var second = _session.Update(After(one, [])).Single();

        Assert.Equal(["b"], second.RemovedResources);
    }

    [Fact]
    public void Receive_SubscribedAgain_IsSentAgain()
    {
        _session.Update(After(null, ["a"]));
        var first = _session.Receive(Subscribe(Endpoints, "a")).Single();
        _session.Receive(Reply(first));

        Assert.Equal(["a"], _session.Receive(Subscribe(Endpoints, "a")).Single().Resources.Select(static resource => resource.Name));
    }

    [Fact]
    public void Update_ChangedCluster_BringsItsEndpointsAgain()
    {
        var one = After(null, ["a", "b"]);
        _session.Update(one);
        _session.Receive(Reply(_session.Receive(Subscribe(Clusters)).Single()));
        _session.Receive(Reply(_session.Receive(Subscribe(Endpoints, "a", "b")).Single()));

        var answers = _session.Update(After(one, ["a!", "b"]));

        Assert.Equal([Clusters, Endpoints], answers.Select(static answer => answer.TypeUrl));
        Assert.Equal(["a"], answers[1].Resources.Select(static resource => resource.Name));
    }

    [Fact]
    public void Receive_Rejection_IsNotSentAgainUntilTheContentChanges()
    {
        var one = After(null, ["a"]);
        _session.Update(one);
        var first = _session.Receive(Subscribe(Clusters)).Single();
        var reply = Reply(first);
        reply.ErrorDetail = new Google.Rpc.Status { Code = 3, Message = "bad" };

        Assert.Empty(_session.Receive(reply));
        Assert.Empty(_session.Update(After(one, ["a"])));
        Assert.Single(_session.Update(After(one, ["a!"])));
    }

    [Fact]
    public void Update_WhileAnAnswerIsOutstanding_WaitsForTheReply()
    {
        var one = After(null, ["a"]);
        _session.Update(one);
        var first = _session.Receive(Subscribe(Clusters)).Single();

        Assert.Empty(_session.Update(After(one, ["a", "b"])));
        Assert.Equal(["b"], _session.Receive(Reply(first)).Single().Resources.Select(static resource => resource.Name));
    }

    [Fact]
    public void Receive_EndlessNames_EndsTheStream()
    {
        var request = new DeltaDiscoveryRequest { TypeUrl = Endpoints };
        request.ResourceNamesSubscribe.Add(Enumerable.Range(0, 100_001).Select(static number => $"n{number}"));

        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => _session.Receive(request)).StatusCode);
    }

    private static DeltaDiscoveryRequest Subscribe(string type, params string[] names) => new() { TypeUrl = type, ResourceNamesSubscribe = { names } };

    private static DeltaDiscoveryRequest Reply(DeltaDiscoveryResponse answer) => new() { TypeUrl = answer.TypeUrl, ResponseNonce = answer.Nonce };
}
