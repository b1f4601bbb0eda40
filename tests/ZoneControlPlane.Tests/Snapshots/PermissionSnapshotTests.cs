using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Zoneway.MutualTls;
using Zoneway.Termination;
using Zoneway.Termination.Rbac;
using Zoneway.Xds.Translation;
using Zoneway.ZoneControlPlane.Snapshots;
using Zoneway.ZoneControlPlane.Tests.Support;
using HttpRbac = Envoy.Extensions.Filters.Http.Rbac.V3.RBAC;
using NetworkRbac = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;

namespace Zoneway.ZoneControlPlane.Tests.Snapshots;

/// <summary>Permissions from YAML to the decision: what a snapshot says is put to the filter that an egress runs.</summary>
public sealed class PermissionSnapshotTests
{
    private static readonly ProxyNode Node = new(".ze-1", "ze-1", ProxyKind.Egress);

    [Theory]
    [InlineData("http")]
    [InlineData("tcp")]
    public void NoPermission_RefusesEverybody(string protocol) => Assert.Equal("", Admitted("", protocol));

    [Theory]
    [InlineData("http")]
    [InlineData("tcp")]
    public void TrafficPermission_ForTheService_AdmitsItsSourcesOnly(string protocol)
    {
        const string Permissions = """
            type: TrafficPermission
            mesh: m
            name: web-to-es
            sources: [{match: {kuma.io/service: web}}, {match: {kuma.io/service: '*', team: ops}}]
            destinations: [{match: {kuma.io/service: es}}]
            """;

        Assert.Equal("web batch/ops", Admitted(Permissions, protocol));
        var chain = ChainOf(Permissions, protocol);
        Assert.Equal(["web-to-es"], chain.Filters[0].TypedConfig.Unpack<NetworkRbac>().Rules.Policies.Keys);
    }

    [Fact]
    public void TrafficPermission_MoreSpecificDestination_Wins()
    {
        const string All = "type: TrafficPermission\nmesh: m\nname: a-all\nsources: [{match: {kuma.io/service: '*'}}]\ndestinations: [{match: {kuma.io/service: '*'}}]\n---\n";
        const string One = "type: TrafficPermission\nmesh: m\nname: b-one\nsources: [{match: {kuma.io/service: batch}}]\ndestinations: [{match: {kuma.io/service: es}}]\n---\n";
        const string Elsewhere = "type: TrafficPermission\nmesh: other\nname: x\nsources: [{match: {kuma.io/service: '*'}}]\ndestinations: [{match: {kuma.io/service: '*'}}]\n";

        Assert.Equal("web batch batch/ops", Admitted(All));
        Assert.Equal("batch batch/ops", Admitted(All + One));
        Assert.Equal("", Admitted(Elsewhere));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("tcp")]
    public void MeshTrafficPermission_LaterEntries_HaveTheLastWord(string protocol)
    {
        Assert.Equal("web", Admitted(Policy("p", "{kind: Mesh}", ("{kind: MeshService, name: web}", "Allow")), protocol));
        Assert.Equal("web", Admitted(Policy("p", "{kind: Mesh}", ("{kind: Mesh}", "Deny"), ("{kind: MeshService, name: web}", "Allow")), protocol));
        Assert.Equal("web batch", Admitted(Policy("p", "{kind: Mesh}", ("{kind: Mesh}", "Allow"), ("{kind: MeshSubset, tags: {team: ops}}", "Deny")), protocol));
        Assert.Equal("batch", Admitted(Policy("p", "{kind: Mesh}", ("{kind: MeshService, name: batch}", "Allow"), ("{kind: MeshServiceSubset, name: batch, tags: {team: ops}}", "Deny")), protocol));
        Assert.Equal("", Admitted(Policy("p", "{kind: Mesh}", ("{kind: MeshService, name: web}", "Allow"), ("{kind: Mesh}", "Deny")), protocol));
    }

    [Fact]
    public void MeshTrafficPermission_MoreSpecificTarget_HasTheLastWord()
    {
        var all = Policy("a", "{kind: Mesh}", ("{kind: Mesh}", "Allow"));
        var one = Policy("z", "{kind: MeshService, name: es}", ("{kind: MeshService, name: web}", "Deny"));
        var subset = Policy("s", "{kind: MeshSubset, tags: {team: none}}", ("{kind: Mesh}", "Deny"));

        Assert.Equal("web batch batch/ops", Admitted(all + subset));
        Assert.Equal("batch batch/ops", Admitted(all + one));
    }

    [Fact]
    public void MeshTrafficPermission_BesideTheOldKind_TakesItsPlace()
    {
        const string Old = "type: TrafficPermission\nmesh: m\nname: old\nsources: [{match: {kuma.io/service: '*'}}]\ndestinations: [{match: {kuma.io/service: '*'}}]\n---\n";
        var yaml = Old + Policy("p", "{kind: Mesh}", ("{kind: MeshService, name: web}", "Allow"));

        Assert.Equal("web", Admitted(yaml));
        Assert.DoesNotContain(ChainOf(yaml, "http").Filters, static filter => filter.TypedConfig.Is(NetworkRbac.Descriptor));
    }

    [Fact]
    public void MeshTrafficPermission_ShadowDeny_AdmitsAndTells()
    {
        var yaml = Policy("p", "{kind: Mesh}", ("{kind: Mesh}", "AllowWithShadowDeny"), ("{kind: MeshService, name: web}", "Allow"));

        Assert.Equal("web batch batch/ops", Admitted(yaml));
        var filter = FilterOf(ChainOf(yaml, "tcp"));
        Assert.True(filter.Decide(From(Web), null).IsShadowAllowed);
        Assert.False(filter.Decide(From(Batch), null).IsShadowAllowed);
    }

    [Theory]
    [InlineData(false, "web batch batch/ops")]
    [InlineData(true, "")]
    public void MeshExternalService_IsOpenUnlessTheMeshForbids(bool forbids, string admitted)
    {
        var yaml = $$"""
            type: Mesh
            name: m
            mtls: {enabledBackend: ca-1, backends: [{name: ca-1, type: builtin}]}
            routing: {defaultForbidMeshExternalServiceAccess: {{(forbids ? "true" : "false")}}}
            ---
            type: MeshExternalService
            mesh: m
            name: mes
            spec: {match: {port: 80, protocol: http}, endpoints: [{address: 10.0.0.1, port: 80}]}
            ---

            """;

        Assert.Equal(admitted, Admitted(Chain(yaml)));
    }

    private static PeerIdentity Web => Peer("spiffe://m/web", "kuma://kuma.io/service/web");

    private static PeerIdentity Batch => Peer("spiffe://m/batch", "kuma://kuma.io/service/batch");

    private static string Policy(string name, string target, params (string Target, string Action)[] from) =>
        $"type: MeshTrafficPermission\nmesh: m\nname: {name}\nspec:\n  targetRef: {target}\n  from:\n"
        + string.Concat(from.Select(static entry => $"  - {{targetRef: {entry.Target}, default: {{action: {entry.Action}}}}}\n")) + "---\n";

    private static string Admitted(string permissions, string protocol = "http") => Admitted(ChainOf(permissions, protocol));

    // Who of a few clients gets in.
    private static string Admitted(FilterChain chain)
    {
        var filter = FilterOf(chain);
        var clients = new (string Name, PeerIdentity Peer)[] { ("web", Web), ("batch", Batch), ("batch/ops", Peer("spiffe://m/batch", "kuma://kuma.io/service/batch", "kuma://team/ops")) };
        return string.Join(' ', clients.Where(client => filter.Decide(From(client.Peer), null).IsAllowed).Select(static client => client.Name));
    }

    private static FilterChain ChainOf(string permissions, string protocol) => Chain(
        SampleResources.Mesh("m") + $"type: ExternalService\nmesh: m\nname: es-1\ntags: {{kuma.io/service: es, kuma.io/protocol: {protocol}}}\nnetworking: {{address: '10.0.0.1:80'}}\n---\n" + permissions + "\n---\n");

    private static FilterChain Chain(string yaml) =>
        SnapshotBuilder.Build(SampleResources.Catalog("west", yaml + SampleResources.Egress("ze-1", "west")), Node)!.Listeners.Single().FilterChains.Single();

    // Exactly one of the two kinds of filter, the first of its kind, decides.
    private static RbacFilter FilterOf(FilterChain chain)
    {
        var findings = new Findings("test");
        var configs = new List<RbacFilterConfig?>();
        foreach (var filter in chain.Filters)
        {
            if (filter.TypedConfig.TryUnpack<NetworkRbac>(out var network))
            {
                configs.Add(RbacTranslator.Translate(network, findings));
            }
            else if (filter.TypedConfig.TryUnpack<HttpConnectionManager>(out var manager) && manager.HttpFilters[0].TypedConfig.TryUnpack<HttpRbac>(out var http))
            {
                configs.Add(RbacTranslator.Translate(http, findings));
            }
        }

        Assert.False(findings.HasErrors);
        return new RbacFilter(Assert.Single(configs)!);
    }

    private static PeerIdentity Peer(params string[] uris) => new() { IsAuthenticated = true, UriNames = [.. uris] };

    private static TerminatedConnection From(PeerIdentity peer) => new() { Id = "c", Peer = peer };
}
