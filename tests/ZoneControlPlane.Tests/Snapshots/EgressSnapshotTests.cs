using Zoneway.TestUtilities;
using Zoneway.ZoneControlPlane.Snapshots;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Snapshots;

public sealed class EgressSnapshotTests
{
    private static readonly ProxyNode Node = new(".ze-1", "ze-1", ProxyKind.Egress);

    [FixtureFact("kuma/v2.14.3/zone-egress-xds/02.internalservice-only.golden.yaml")]
    public void Build_KumasOwnInput_IsWhatKumaServes()
    {
        var input = File.ReadAllText(Fixtures.Path("kuma/v2.14.3/zone-egress-xds/input/02.internalservice-only.yaml"));

        var resources = SnapshotBuilder.Build(SampleResources.Catalog("zone-1", input), Node with { Name = "zoneegress-1" })!;

        Assert.Equal(GoldenXds.Read("kuma/v2.14.3/zone-egress-xds/02.internalservice-only.golden.yaml"), GoldenXds.Print(resources));
    }

    [Fact]
    public void Build_SeveralZones_WeighsTheirIngressesByInstances()
    {
        var resources = Build(
            SampleResources.Mesh("m")
            + SampleResources.Ingress("e", "east", "203.0.113.1") + SampleResources.Ingress("n", "north", "203.0.113.2")
            + SampleResources.Dataplane("d1", "east", "m", "backend") + SampleResources.Dataplane("d2", "east", "m", "backend")
            + SampleResources.Dataplane("d3", "north", "m", "backend") + SampleResources.Dataplane("d4", "west", "m", "local"));

        Assert.Equal(["m:backend"], resources.Clusters.Select(static cluster => cluster.Name));
        Assert.True(resources.Clusters.Single().CircuitBreakers.Thresholds.Single().TrackRemaining);
        Assert.Equal(["east 203.0.113.1:10001 x2", "north 203.0.113.2:10001 x1"], EndpointsOf(resources));
    }

    [Fact]
    public void Build_ReplicasBehindOneAddress_CountOnceAndEmptyOnesNotAtAll()
    {
        const string None = "availableServices: []";
        var resources = Build(
            SampleResources.Mesh("m")
            + SampleResources.Ingress("e-0", "east", "203.0.113.1", services: None)
            + SampleResources.Ingress("e-1", "east", "203.0.113.1") + SampleResources.Ingress("e-2", "east", "203.0.113.1")
            + SampleResources.Ingress("e-3", "east", "203.0.113.1", 10002)
            + SampleResources.Dataplane("d1", "east", "m", "backend"));

        Assert.Equal(["east 203.0.113.1:10001 x1", "east 203.0.113.1:10002 x1"], EndpointsOf(resources));
    }

    [Fact]
    public void Build_HostName_IsServedAsItsAddress()
    {
        var yaml = SampleResources.Mesh("m") + SampleResources.Ingress("e", "east", "ingress.test") + SampleResources.Egress("ze-1", "west")
            + SampleResources.Dataplane("d1", "east", "m", "backend");

        Assert.Equal(["east 198.51.100.7:10001 x1"], EndpointsOf(SnapshotBuilder.Build(SampleResources.Catalog("west", yaml, ("ingress.test", "198.51.100.7")), Node)!));
        Assert.Empty(SnapshotBuilder.Build(SampleResources.Catalog("west", yaml), Node)!.Listeners);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Build_MeshWithoutMtlsOrZoneEgress_HasNoListener(bool mtls, bool zoneEgress)
    {
        var resources = Build(
            SampleResources.Mesh("m", mtls, zoneEgress) + SampleResources.Ingress("e", "east", "203.0.113.1") + SampleResources.Dataplane("d1", "east", "m", "backend"));

        Assert.Empty(resources.Listeners);
        Assert.Empty(resources.Clusters);
    }

    [Fact]
    public void Build_IngressWithoutAdvertisedAddress_IsIgnored()
    {
        const string Ingress = "type: ZoneIngress\nname: e\nzone: east\nnetworking: {address: 10.0.0.1, port: 10001, advertisedAddress: 203.0.113.1}\n---\n";

        Assert.Empty(Build(SampleResources.Mesh("m") + Ingress + SampleResources.Dataplane("d1", "east", "m", "backend")).Clusters);
    }

    private static ProxyResources Build(string yaml) => SnapshotBuilder.Build(SampleResources.Catalog("west", yaml + SampleResources.Egress("ze-1", "west")), Node)!;

    private static IEnumerable<string> EndpointsOf(ProxyResources resources) =>
        from locality in resources.Assignments.Single().Endpoints
        from endpoint in locality.LbEndpoints
        let address = endpoint.Endpoint.Address.SocketAddress
        select $"{locality.Locality.Zone} {address.Address}:{address.PortValue} x{endpoint.LoadBalancingWeight}";
}
