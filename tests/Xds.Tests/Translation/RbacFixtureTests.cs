using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.MutualTls;
using Zoneway.Termination;
using Zoneway.Termination.Rbac;
using Zoneway.TestUtilities;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Translation;
using HttpRbac = Envoy.Extensions.Filters.Http.Rbac.V3.RBAC;
using NetworkRbac = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;

namespace Zoneway.Xds.Tests.Translation;

/// <summary>The RBAC filters that Kuma's control planes send: all of them translate, and let in whom the policies behind them name.</summary>
public sealed class RbacFixtureTests
{
    private const string Root = "kuma/v2.14.3/policies";
    private const string External = "sni.extsvc.envoyconfig-zoneproxies.kuma-3.mes-zone-proxy.80";
    private const string Client = "spiffe://envoyconfig-zoneproxies.kuma-3.mesh.local/ns/default/sa/default";

    [FixtureFact(Root)]
    public void EveryFilter_Translates()
    {
        var filters = KumaFixture.Files().SelectMany(file => Filters(file).Select(filter => (file, filter.Findings))).ToList();

        Assert.InRange(filters.Count, 20, int.MaxValue);
        Assert.All(filters, filter => Assert.True(!filter.Findings.HasErrors && filter.Findings.Ignored.Count == 0, $"{filter.file}: {string.Join("; ", filter.Findings.Errors)} {string.Join("; ", filter.Findings.Ignored)}"));
        Assert.All(filters, filter => Assert.NotEmpty(filter.Findings.Enforced));
    }

    [FixtureTheory(Root)]
    [InlineData("v2.7.29")]
    [InlineData("v2.14.3")]
    public void MeshTrafficPermission_Legacy(string version)
    {
        var filters = Filters($"{version}/policies/meshtrafficpermission/apply-egress.golden.yaml").ToList();

        var named = filters.Single(filter => filter.Type == HttpRbac.Descriptor.FullName).Filter;
        Assert.Equal((true, "MeshTrafficPermission"), Decide(named, "spiffe://mesh-1/frontend"));
        Assert.Equal((false, ""), Decide(named, "spiffe://mesh-1/backend"));
        Assert.Equal((false, ""), Decide(named, "spiffe://mesh-2/frontend"));
        Assert.Equal((false, ""), Decide(named));
        var open = filters.Single(filter => filter.Type == NetworkRbac.Descriptor.FullName).Filter;
        Assert.Equal("test_listener.", open.Config.StatPrefix);
        Assert.True(Decide(open, "spiffe://mesh-2/anyone").IsAllowed);
    }

    [FixtureTheory(Root)]
    [InlineData("v2.7.29")]
    [InlineData("v2.14.3")]
    public void TrafficPermission_WithoutPolicy_RefusesEveryone(string version)
    {
        var filters = Filters($"{version}/zone-egress-xds/05.mixed-services-with-custom-trafficpermissions.golden.yaml").ToList();

        Assert.Contains(filters, filter => filter.Filter.Config.Rules is { Policies.IsEmpty: true } && !Decide(filter.Filter, "spiffe://mesh-1/backend").IsAllowed
            && filter.Findings.Enforced.Any(field => field.What == "no policy: everyone is refused"));
        Assert.Contains(filters, filter => filter.Filter.Config.Rules is { Policies.IsEmpty: false } && !Decide(filter.Filter, "spiffe://mesh-1/nobody").IsAllowed);
    }

    [FixtureFact(Root)]
    public void MeshTrafficPermission_BySni()
    {
        var filter = Assert.Single(Filters("v2.14.3/e2e-zoneproxies/meshtrafficpermission/sni.zone-proxy-egress.golden.json"), filter => filter.Filter.Config.Matcher is not null).Filter;
        const string Policy = "kri_mtp_envoyconfig-zoneproxies_kuma-3__mtp-zone-proxy_";

        Assert.Equal((true, Policy), Decide(filter, External, Client));
        Assert.Equal((false, "default"), Decide(filter, "sni.extsvc.other", Client));
        Assert.Equal((false, "default"), Decide(filter, "", Client));
    }

    [FixtureFact(Root)]
    public void MeshTrafficPermission_BySniOrTrustDomain()
    {
        var filter = Assert.Single(Filters("head/e2e-zoneproxies/meshtrafficpermission/sni.zone-proxy-egress.golden.json"), filter => filter.Filter.Config.Matcher is { Matchers.Length: 2 }).Filter;

        Assert.Equal((true, "kri_mtp_envoyconfig-zoneproxies_kuma-3__allow-all-envoyconfig-zoneproxies-0_"), Decide(filter, "other", Client));
        Assert.Equal((true, "kri_mtp_envoyconfig-zoneproxies_kuma-3__mtp-zone-proxy_"), Decide(filter, External, "spiffe://elsewhere/x"));
        Assert.Equal((false, "default"), Decide(filter, "other", "spiffe://elsewhere/x"));
        Assert.Equal((false, "default"), Decide(filter, "other", null));
    }

    private static (bool IsAllowed, string Policy) Decide(RbacFilter filter, string? peer = null) => Decide(filter, "", peer);

    private static (bool IsAllowed, string Policy) Decide(RbacFilter filter, string serverName, string? peer)
    {
        var identity = peer is null ? PeerIdentity.None : new PeerIdentity { IsAuthenticated = true, UriNames = [peer] };
        var decision = filter.Decide(new TerminatedConnection { Id = "c", ServerName = serverName, Peer = identity }, null);
        return (decision.IsAllowed, decision.PolicyName);
    }

    private static IEnumerable<(string Type, RbacFilter Filter, Findings Findings)> Filters(string file)
    {
        foreach (var message in Messages(YamlToJson.Parse(File.ReadAllText(Fixtures.Path($"kuma/{file}")))))
        {
            var findings = new Findings(file);
            var type = Any.GetTypeName((string)message["@type"]!);
            var config = type == HttpRbac.Descriptor.FullName
                ? RbacTranslator.Translate(Parse<HttpRbac>(message), findings)
                : RbacTranslator.Translate(Parse<NetworkRbac>(message), findings);
            yield return (type, new RbacFilter(config ?? new RbacFilterConfig()), findings);
        }
    }

    private static T Parse<T>(JsonObject message)
        where T : IMessage, new()
    {
        var fields = message.DeepClone().AsObject();
        fields.Remove("@type");
        return new JsonParser(new JsonParser.Settings(100, XdsTypeRegistry.Instance)).Parse<T>(fields.ToJsonString());
    }

    private static IEnumerable<JsonObject> Messages(JsonNode? node) => node switch
    {
        JsonObject message when (string?)(message["@type"] as JsonValue) is { } url
            && (url.EndsWith(HttpRbac.Descriptor.FullName, StringComparison.Ordinal) || url.EndsWith(NetworkRbac.Descriptor.FullName, StringComparison.Ordinal)) => [message],
        JsonObject fields => fields.SelectMany(field => Messages(field.Value)),
        JsonArray items => items.SelectMany(Messages),
        _ => [],
    };
}
