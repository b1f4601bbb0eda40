using System.Text;
using Envoy.Extensions.Filters.Network.DirectResponse.V3;
using Zoneway.TestUtilities;
using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Snapshots;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Snapshots;

public sealed class IngressSnapshotTests
{
    private static readonly ProxyNode Node = new(".zi-1", "zi-1", ProxyKind.Ingress);

    [FixtureFact("kuma/v2.14.3/zone-ingress-xds/02.envoy.golden.yaml")]
    public void Build_NothingToServe_IsWhatKumaServes()
    {
        var resources = Build("zone-main", SampleResources.Ingress("zi-1", "zone-main", "192.168.0.1"), Node with { Id = "default.ingress" });

        Assert.Equal(GoldenXds.Read("kuma/v2.14.3/zone-ingress-xds/02.envoy.golden.yaml"), GoldenXds.Print(resources));
    }

    [FixtureFact("kuma/v2.14.3/zone-ingress-xds/05.envoy.golden.yaml")]
    public void Build_ServiceWithoutInstances_IsWhatKumaServes()
    {
        const string Services = "availableServices: [{mesh: mesh1, instances: 1, tags: {kuma.io/service: backend}}]";

        var resources = Build("east", SampleResources.Mesh("mesh1") + SampleResources.Ingress("zi-1", "east", "192.168.0.1", services: Services), Node);

        Assert.Equal(GoldenXds.Read("kuma/v2.14.3/zone-ingress-xds/05.envoy.golden.yaml"), GoldenXds.Print(resources));
    }

    // The golden inputs have no zone tags, as the generator is tested alone there; a zone control plane always adds them.
    [FixtureFact("kuma/v2.14.3/zone-ingress-xds/01.envoy.golden.yaml")]
    public void Build_ServiceWithTwoInstances_IsWhatKumaServesPlusTheZone()
    {
        var resources = Build(
            "east",
            SampleResources.Mesh("mesh1") + SampleResources.Ingress("zi-1", "east", "192.168.0.1")
            + SampleResources.Dataplane("d1", "east", "mesh1", "backend", "192.168.0.1", 2521, "region: eu\n      version: v1")
            + SampleResources.Dataplane("d2", "east", "mesh1", "backend", "192.168.0.2", 2521, "region: us\n      version: v2"),
            Node);

        foreach (var locality in resources.Assignments.Single()!.Endpoints)
        {
            Assert.Equal("east", locality.Locality.Zone);
            locality.Locality = null!;
            foreach (var metadata in locality.LbEndpoints.SelectMany(static endpoint => endpoint.Metadata.FilterMetadata.Values))
            {
                Assert.True(metadata.Fields.Remove("kuma.io/zone"));
            }
        }

        Assert.Equal(GoldenXds.Read("kuma/v2.14.3/zone-ingress-xds/01.envoy.golden.yaml"), GoldenXds.Print(resources));
    }

    [Fact]
    public void Build_SeveralMeshesAndTagSets_HasOneChainAndClusterForEachService()
    {
        var resources = Build(
            "east",
            SampleResources.Mesh("m1") + SampleResources.Mesh("m2", mtls: false) + SampleResources.Ingress("zi-1", "east", "192.168.0.1")
            + SampleResources.Dataplane("d1", "east", "m1", "backend", "10.0.0.1", tags: "version: v1")
            + SampleResources.Dataplane("d2", "east", "m1", "backend", "10.0.0.2", tags: "version: v2")
            + SampleResources.Dataplane("d3", "east", "m2", "backend", "10.0.0.3")
            + SampleResources.Dataplane("d4", "north", "m1", "elsewhere", "10.0.0.4"),
            Node);

        Assert.Equal(["m1:backend", "m2:backend"], resources.Clusters.Select(static cluster => cluster.Name));
        Assert.Equal(
            ["backend{mesh=m1}", "backend{mesh=m2}"],
            resources.Listeners.Single().FilterChains.Select(static chain => chain.FilterChainMatch.ServerNames.Single()));
        Assert.Equal(
            ["10.0.0.1", "10.0.0.2"],
            resources.Assignments[0].Endpoints.Single().LbEndpoints.Select(static endpoint => endpoint.Endpoint.Address.SocketAddress.Address));
    }

    [Fact]
    public void Build_HostNames_AreServedAsAddressesOrLeftOut()
    {
        var yaml = SampleResources.Mesh("m") + SampleResources.Ingress("zi-1", "east", "192.168.0.1")
            + SampleResources.Dataplane("d1", "east", "m", "s", "known.test") + SampleResources.Dataplane("d2", "east", "m", "s", "unknown.test");
        var catalog = SampleResources.Catalog("east", yaml, ("known.test", "10.0.0.9"));

        var resources = SnapshotBuilder.Build(catalog, Node)!;

        Assert.Equal("10.0.0.9", resources.Assignments.Single().Endpoints.Single().LbEndpoints.Single().Endpoint.Address.SocketAddress.Address);
    }

    [Fact]
    public void Build_NodeWithQuotesInItsId_AnswersValidJson()
    {
        var resources = Build("east", SampleResources.Ingress("zi-1", "east", "192.168.0.1"), Node with { Id = "a\"b.zi-1", ReusesPorts = true });

        var listener = resources.Listeners.Single();
        var body = listener.FilterChains.Single().Filters.Single().TypedConfig.Unpack<Config>().Response.InlineBytes;
        Assert.Equal("a\"b.zi-1", System.Text.Json.JsonDocument.Parse(Encoding.UTF8.GetString(body.Span)).RootElement.GetProperty("proxy").GetString());
        Assert.True(listener.EnableReusePort);
    }

    [Fact]
    public void Build_OtherZoneOrName_HasNoResources()
    {
        var catalog = SampleResources.Catalog("west", SampleResources.Ingress("zi-1", "east", "192.168.0.1"));

        Assert.Null(SnapshotBuilder.Build(catalog, Node));
    }

    [Fact]
    public void ToString_Ipv6_HasBrackets() => Assert.Equal("[2001:db8::1]:10001", new HostPort("2001:db8::1", 10001).ToString());

    private static ProxyResources Build(string zone, string yaml, ProxyNode node) => SnapshotBuilder.Build(SampleResources.Catalog(zone, yaml), node)!;
}
