using System.Security.Cryptography;
using System.Text.Json;
using Envoy.Config.Endpoint.V3;
using Zoneway.ZoneControlPlane.Ads;
using Zoneway.ZoneControlPlane.Tests.Support;
using static Zoneway.ZoneControlPlane.Tests.Ads.TestSnapshots;

namespace Zoneway.ZoneControlPlane.Tests.Ads;

/// <summary>A client that shares no code with ours gets what a kuma-cp would send. Protocol §2 to §4.</summary>
public sealed class ForeignClientTests
{
    private static readonly string TwoZones = SampleResources.Mesh("m") + SampleResources.Egress("ze-1", "west") + SampleResources.Ingress("e", "east", "203.0.113.1");

    private static readonly object Egress = new { id = ".ze-1", cluster = "egress", metadata = new Dictionary<string, object> { ["dataplane.proxyType"] = "egress", ["features"] = new[] { "feature-reuse-port" } } };

    [ProgramFact(ForeignAdsClient.Python, ForeignAdsClient.Check)]
    public async Task Sotw_PythonClient_GetsVersionsSilenceAndRemovals()
    {
        await using var controlPlane = await StartAsync();
        await using var client = ForeignAdsClient.Open(controlPlane.Address, "sotw");
        await client.SendAsync(new { node = Egress, typeUrl = Clusters });
        var clusters = await client.NextAsync();
        Assert.Equal(["m:a", "m:b"], Names(clusters));
        Assert.True(Guid.TryParse(Text(clusters, "version"), out _));
        Assert.NotEmpty(Text(clusters, "controlPlane"));
        await AckAsync(client, clusters);

        // Names that do not cover the snapshot get silence: the next answer is the one about listeners.
        await client.SendAsync(new { typeUrl = Endpoints, resourceNames = new[] { "m:a" } });
        await client.SendAsync(new { typeUrl = Listeners });
        var listeners = await client.NextAsync();
        Assert.Equal((Listeners, "inbound:192.168.0.1:10002"), (Text(listeners, "type"), Names(listeners).Single()));
        await AckAsync(client, listeners);
        await client.SendAsync(new { typeUrl = Endpoints, resourceNames = new[] { "m:a", "m:b", "m:none" } });
        var endpoints = await client.NextAsync();
        Assert.Equal(["m:a", "m:b"], Names(endpoints));
        var assignment = ClusterLoadAssignment.Parser.ParseFrom(Bytes(endpoints, "m:a"));
        Assert.Equal("203.0.113.1", assignment.Endpoints.Single().LbEndpoints.Single().Endpoint.Address.SocketAddress.Address);
        await AckAsync(client, endpoints, "m:a", "m:b", "m:none");

        controlPlane.Folder.Write("resources.yaml", Resources("a"));
        var fewer = new[] { await client.NextAsync(), await client.NextAsync(), await client.NextAsync() };

        Assert.Equal([Clusters, Endpoints, Listeners], fewer.Select(static answer => Text(answer, "type")));
        Assert.Equal(["m:a"], Names(fewer[0]));
        Assert.Equal(["m:a"], Names(fewer[1]));
        Assert.NotEqual(Text(endpoints, "version"), Text(fewer[1], "version"));
    }

    [ProgramFact(ForeignAdsClient.Python, ForeignAdsClient.Check)]
    public async Task Sotw_PythonClientRejects_GetsTheSameAgain()
    {
        await using var controlPlane = await StartAsync();
        await using var client = ForeignAdsClient.Open(controlPlane.Address, "sotw");
        await client.SendAsync(new { node = Egress, typeUrl = Clusters });
        var first = await client.NextAsync();

        await client.SendAsync(new { typeUrl = Clusters, responseNonce = Text(first, "nonce"), errorDetail = new { code = 3, message = "not taken" } });

        var second = await client.NextAsync();
        Assert.Equal((Text(first, "version"), "2"), (Text(second, "version"), Text(second, "nonce")));
        Assert.Equal(Names(first), Names(second));
        await controlPlane.Log.WaitForAsync("not taken");
    }

    [ProgramFact(ForeignAdsClient.Python, ForeignAdsClient.Check)]
    public async Task Delta_PythonClient_GetsHashesDifferencesAndRemovals()
    {
        await using var controlPlane = await StartAsync();
        await using var client = ForeignAdsClient.Open(controlPlane.Address, "delta");
        await client.SendAsync(new { node = Egress, typeUrl = Clusters });
        var clusters = await client.NextAsync();
        Assert.Equal(["m:a", "m:b"], Names(clusters));
        Assert.All(Names(clusters), name => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Bytes(clusters, name))), VersionOf(clusters, name)));

        // Rejected, yet it counts as delivered.
        await client.SendAsync(new { typeUrl = Clusters, responseNonce = Text(clusters, "nonce"), errorDetail = new { code = 3, message = "not taken" } });
        await client.SendAsync(new { typeUrl = Endpoints, resourceNamesSubscribe = new[] { "m:b" } });
        var endpoints = await client.NextAsync();
        Assert.Equal((Endpoints, "m:b"), (Text(endpoints, "type"), Names(endpoints).Single()));
        await client.SendAsync(new { typeUrl = Endpoints, responseNonce = Text(endpoints, "nonce") });

        controlPlane.Folder.Write("resources.yaml", Resources("a", "c"));
        var change = await client.NextAsync();

        Assert.Equal((Clusters, "m:c"), (Text(change, "type"), Names(change).Single()));
        Assert.Equal("m:b", change.GetProperty("removed")[0].GetString());
    }

    [ProgramFact(ForeignAdsClient.Python, ForeignAdsClient.Check)]
    public async Task Delta_PythonClientComesBack_GetsOnlyWhatItLacks()
    {
        await using var controlPlane = await StartAsync();
        Dictionary<string, string> had;
        await using (var first = ForeignAdsClient.Open(controlPlane.Address, "delta"))
        {
            await first.SendAsync(new { node = Egress, typeUrl = Clusters });
            var clusters = await first.NextAsync();
            had = new() { ["m:a"] = VersionOf(clusters, "m:a"), ["m:gone"] = "x" };
        }

        await controlPlane.Log.WaitForAsync("Node .ze-1 gone");
        await using var second = ForeignAdsClient.Open(controlPlane.Address, "delta");
        await second.SendAsync(new { node = Egress, typeUrl = Clusters, initialResourceVersions = had });

        var answer = await second.NextAsync();
        Assert.Equal(["m:b"], Names(answer));
        Assert.Equal("m:gone", answer.GetProperty("removed")[0].GetString());
    }

    [ProgramFact(ForeignAdsClient.Python, ForeignAdsClient.Check)]
    public async Task SecondStream_PythonClient_IsRefusedInKumasWords()
    {
        await using var controlPlane = await StartAsync();
        await using var first = ForeignAdsClient.Open(controlPlane.Address, "sotw");
        await first.SendAsync(new { node = Egress, typeUrl = Clusters });
        await first.NextAsync();
        await using var second = ForeignAdsClient.Open(controlPlane.Address, "delta");
        await second.SendAsync(new { node = Egress, typeUrl = Clusters });

        var end = await second.NextAsync();

        Assert.Equal(("UNKNOWN", "there is already an active stream from this node, try again later"), (Text(end, "status"), Text(end, "details")));
    }

    [ProgramFact(ForeignAdsClient.Python, ForeignAdsClient.Check)]
    public async Task Token_PythonClient_IsCheckedOnTheFirstMessage()
    {
        using var tokens = new TestTokens();
        await using var controlPlane = await StartAsync(options => options with { ZoneTokenKeys = [tokens.PublicPem] });
        await using var good = ForeignAdsClient.Open(controlPlane.Address, "sotw", tokens.Issue("""{"Zone":"west","Scope":["egress"]}"""));
        await good.SendAsync(new { node = Egress, typeUrl = Clusters });
        Assert.Equal(["m:a", "m:b"], Names(await good.NextAsync()));

        await using var bad = ForeignAdsClient.Open(controlPlane.Address, "sotw", tokens.Issue("""{"Zone":"west","Scope":["ingress"]}"""));
        await bad.SendAsync(new { node = Egress, typeUrl = Clusters });
        var end = await bad.NextAsync();

        Assert.Equal(("UNKNOWN", "authentication failed: the token's scope does not cover egress"), (Text(end, "status"), Text(end, "details")));
    }

    private static Task<RunningControlPlane> StartAsync(Func<ZoneControlPlaneOptions, ZoneControlPlaneOptions>? configure = null)
    {
        return RunningControlPlane.StartAsync(
            Resources("a", "b"), options => (configure?.Invoke(options) ?? options) with { Ads = new AdsOptions { NackBackoff = TimeSpan.Zero } });
    }

    // Services of the other zone.
    private static string Resources(params string[] services) =>
        TwoZones + string.Concat(services.Select(static service => SampleResources.Dataplane($"{service}-1", "east", "m", service)));

    private static Task AckAsync(ForeignAdsClient client, JsonElement answer, params string[] names) =>
        client.SendAsync(new { typeUrl = Text(answer, "type"), versionInfo = Text(answer, "version"), responseNonce = Text(answer, "nonce"), resourceNames = names });

    private static string[] Names(JsonElement answer) => [.. answer.GetProperty("resources").EnumerateObject().Select(static resource => resource.Name)];

    private static byte[] Bytes(JsonElement answer, string name) => Convert.FromHexString(answer.GetProperty("resources").GetProperty(name).GetString()!);

    private static string VersionOf(JsonElement answer, string name) => answer.GetProperty("versions").GetProperty(name).GetString()!;

    private static string Text(JsonElement answer, string name) => answer.GetProperty(name).GetString()!;
}
