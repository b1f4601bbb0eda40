using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Zoneway.ZoneControlPlane.Ads;
using Zoneway.ZoneControlPlane.Tests.Support;
using static Zoneway.ZoneControlPlane.Tests.Ads.TestSnapshots;

namespace Zoneway.ZoneControlPlane.Tests.Ads;

public sealed class SotwSessionTests : IDisposable
{
    private readonly LogRecorder _log = new();
    private readonly SotwSession _session;

    public SotwSessionTests() => _session = new SotwSession(".zi-1", new ControlPlane { Identifier = "test" }, _log.CreateLogger<SotwSession>());

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Receive_BeforeASnapshot_IsAnsweredWhenItComes()
    {
        Assert.Empty(_session.Receive(Request(Listeners)));
        Assert.Empty(_session.Receive(Request(Clusters)));

        var answers = _session.Update(After(null, ["a"]));

        Assert.Equal([Clusters, Listeners], answers.Select(static answer => answer.TypeUrl));
        Assert.Equal(["1", "2"], answers.Select(static answer => answer.Nonce));
        Assert.Equal("test", answers[0].ControlPlane.Identifier);
    }

    [Fact]
    public void Receive_Acknowledgement_WaitsForTheNextChange()
    {
        var snapshot = After(null, ["a"]);
        _session.Update(snapshot);
        var first = _session.Receive(Request(Clusters)).Single();

        Assert.Empty(_session.Receive(Ack(first)));
        Assert.Empty(_session.Update(After(snapshot, ["a"])));
        var second = _session.Update(After(snapshot, ["a", "b"])).Single();

        Assert.Equal(2, second.Resources.Count);
        Assert.NotEqual(first.VersionInfo, second.VersionInfo);
    }

    [Fact]
    public void Update_WhileAnAnswerIsOutstanding_WaitsForTheReply()
    {
        var snapshot = After(null, ["a"]);
        _session.Update(snapshot);
        var first = _session.Receive(Request(Clusters)).Single();

        Assert.Empty(_session.Update(After(snapshot, ["b"])));
        var second = _session.Receive(Ack(first)).Single();

        Assert.NotEqual(first.VersionInfo, second.VersionInfo);
    }

    [Fact]
    public void Receive_StaleNonce_IsPassedOverInSilence()
    {
        _session.Update(After(null, ["a"]));
        var first = _session.Receive(Request(Clusters)).Single();
        var second = _session.Receive(Nack(first)).Single();

        Assert.Empty(_session.Receive(Ack(first)));
        Assert.Empty(_session.Receive(Ack(second)));
    }

    [Fact]
    public void Receive_Rejection_SendsTheSameAgain()
    {
        _session.Update(After(null, ["a"]));
        var first = _session.Receive(Request(Listeners)).Single();

        var again = _session.Receive(Nack(first)).Single();

        Assert.Equal(first.VersionInfo, again.VersionInfo);
        Assert.NotEqual(first.Nonce, again.Nonce);
    }

    [Fact]
    public void Receive_NamesThatDoNotCoverTheSnapshot_AreNotAnsweredUntilTheyDo()
    {
        _session.Update(After(null, ["a", "b"]));

        Assert.Empty(_session.Receive(Request(Endpoints, "a")));
        Assert.Contains(_log.Lines, static line => line.Contains("do not cover b", StringComparison.Ordinal));
        var answer = _session.Receive(Request(Endpoints, "a", "b", "not-there")).Single();

        Assert.Equal(2, answer.Resources.Count);
    }

    [Fact]
    public void Update_NamesNoLongerCover_ClosesTheWatchUntilTheClientAsksForMore()
    {
        var one = After(null, ["a"]);
        _session.Update(one);
        var first = _session.Receive(Request(Endpoints, "a")).Single();
        Assert.Empty(_session.Receive(Ack(first, "a")));

        var two = After(one, ["a", "b"]);
        Assert.Empty(_session.Update(two));
        Assert.Empty(_session.Update(After(two, ["a"])));
        var answer = _session.Receive(Request(Endpoints, "a")).Single();

        Assert.Single(answer.Resources);
    }

    [Fact]
    public void Receive_NewNameWithTheCurrentVersion_IsAnswered()
    {
        _session.Update(After(null, ["a"]));
        var first = _session.Receive(Request(Endpoints, "a")).Single();
        _session.Receive(Ack(first, "a"));
        _session.Update(After(null, ["a", "b"]));
        var version = _session.Receive(Request(Endpoints, "a", "b")).Single();
        Assert.Empty(_session.Receive(Ack(version, "a", "b")));

        Assert.Empty(_session.Receive(Ack(version, "a", "b", "later")));
    }

    [Fact]
    public void Receive_NoNames_MeansAllForEndpointsToo()
    {
        _session.Update(After(null, ["a", "b"]));

        Assert.Equal(2, _session.Receive(Request(Endpoints)).Single().Resources.Count);
    }

    [Fact]
    public void Receive_EmptySnapshot_IsAnsweredEmpty()
    {
        _session.Update(After(null, [], listener: null));

        Assert.Empty(_session.Receive(Request(Clusters)).Single().Resources);
        Assert.Empty(_session.Receive(Request(Listeners)).Single().Resources);
    }

    [Fact]
    public void Receive_TypeWithoutResources_StaysOpen()
    {
        _session.Update(After(null, ["a"]));

        Assert.Empty(_session.Receive(Request(Secrets, "x")));
    }

    private static DiscoveryRequest Request(string type, params string[] names) => new() { TypeUrl = type, ResourceNames = { names } };

    private static DiscoveryRequest Ack(DiscoveryResponse answer, params string[] names) =>
        new() { TypeUrl = answer.TypeUrl, VersionInfo = answer.VersionInfo, ResponseNonce = answer.Nonce, ResourceNames = { names } };

    private static DiscoveryRequest Nack(DiscoveryResponse answer) =>
        new() { TypeUrl = answer.TypeUrl, ResponseNonce = answer.Nonce, ErrorDetail = new Google.Rpc.Status { Code = 3, Message = "bad" } };
}
