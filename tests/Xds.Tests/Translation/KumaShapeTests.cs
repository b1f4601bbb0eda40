using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.TestUtilities;

namespace Zoneway.Xds.Tests.Translation;

/// <summary>Shapes of zone proxies and MeshLoadBalancingStrategy, with values read from the fixtures by eye (protocol §4 to §7).</summary>
public sealed class KumaShapeTests
{
    [FixtureTheory("kuma")]
    [InlineData("v2.7.29/zone-ingress-xds/03.envoy.golden.yaml", "inbound:10.0.0.1:10001", "backend{mesh=mesh1,version=v2} backend{mesh=mesh1,region=eu} backend{mesh=mesh1}")]
    [InlineData("v2.14.3/zone-ingress-xds/mesh-service.envoy.golden.yaml", "inbound:10.0.0.1:10001", "aec60634adf0f45d6.backend2.80.default.ms a601e0c00295a9fbe.backend.80.default.ms")]
    [InlineData("head/mesh-scoped-zone-proxy-xds/ingress-meshmultizoneservice.envoy.golden.yaml", "self_zoneingress_dp_zone-ingress-port", "sni.mzsvc.default.global-svc.80")]
    [InlineData(
        "head/e2e-zoneproxies/meshtimeout/sni.zone-proxy-ingress.golden.json", "self_zoneingress_dp_zone-proxy-ingress",
        "sni.msvc.envoyconfig-zoneproxies.kuma-3.zone-proxy-demo-client.3000 sni.msvc.envoyconfig-zoneproxies.kuma-3.zone-proxy-test-server-no-reusable-ports.80 sni.msvc.envoyconfig-zoneproxies.kuma-3.zone-proxy-test-server.80")]
    public void Ingress_ServerNamesOfEachFormat(string file, string listener, string expected)
    {
        var chains = KumaFixture.Read(file).Listener(listener).FilterChains;

        Assert.Equal(expected.Split(' '), chains.Select(chain => Assert.Single(chain.Match.ServerNames)));
        Assert.All(chains, chain => Assert.Equal((TransportProtocol.Tls, true), (chain.Match.TransportProtocol, chain.Action is TcpProxyConfig)));
    }

    [FixtureTheory("kuma")]
    [InlineData("v2.7.29", "02.internalservice-only", "service-in-zone-2")]
    [InlineData("v2.14.3", "02.internalservice-only", "service-in-zone-2")]
    [InlineData("v2.14.3", "03.mixed-services", "service-1-zone-2")]
    public void Egress_WeightIsNumberOfInstances(string version, string file, string service)
    {
        var fixture = KumaFixture.Read($"{version}/zone-egress-xds/{file}.golden.yaml");

        var endpoint = Assert.Single(Assert.Single(fixture.Assignment($"mesh-1:{service}").Localities).Endpoints);
        Assert.Equal(("10.0.0.254:10001", 3u), (endpoint.Address.ToString(), endpoint.Weight));
        var chain = Assert.Single(fixture.Listener("inbound:192.168.0.1:10002").FilterChains, chain => chain.Match.ServerNames[0] == $"{service}{{mesh=mesh-1}}");
        Assert.Equal($"mesh-1:{service}", Assert.Single(Assert.IsType<TcpProxyConfig>(chain.Action).Clusters).Cluster);
    }

    [FixtureTheory("kuma")]
    [InlineData("v2.7.29")]
    [InlineData("v2.14.3")]
    public void Subsets_OfTwoKeys(string version)
    {
        var result = KumaFixture.Read($"{version}/zone-ingress-xds/with-meshhttproute.envoy.golden.yaml").Cluster("mesh1:backend");

        Assert.Equal(SubsetFallback.AnyEndpoint, result.Config!.Subsets!.Fallback);
        var selector = Assert.Single(result.Config.Subsets.Selectors);
        Assert.Equal(("region,version", SubsetFallback.NoFallback), (string.Join(',', selector.Keys), selector.Fallback));
        Assert.Contains(result.Enforced, field => field.What == "subsets by region, version");
    }

    [FixtureTheory("kuma")]
    [InlineData("v2.7.29")]
    [InlineData("v2.14.3")]
    public void LoadBalancing_PrioritiesOfZones(string version)
    {
        var fixture = KumaFixture.Read($"{version}/policies/meshloadbalancingstrategy/egress.endpoints.golden.yaml");

        var assignment = fixture.Assignment("mesh-1:eds-cluster");
        Assert.Equal(200u, assignment.OverprovisioningFactor);
        Assert.Equal(
            [("zone-1", 0u, 1u, "192.168.1.1:8080"), ("zone-2", 1u, 0u, "192.168.1.2:8080"), ("zone-3", 2u, 0u, "192.168.1.3:8080")],
            assignment.Localities.Select(place => (place.Locality.Zone, place.Priority, place.Weight, Assert.Single(place.Endpoints).Address.ToString()!)));
        Assert.Equal(
            ["priorities 0, 1, 2: each takes what those before it cannot", "overprovisioning factor 200 %"],
            Assert.Single(fixture.Assignments).Enforced.Select(field => field.What));
    }

    [FixtureTheory("kuma")]
    [InlineData("v2.7.29")]
    [InlineData("v2.14.3")]
    public void LoadBalancing_InlinePriorities(string version)
    {
        var result = KumaFixture.Read($"{version}/policies/meshloadbalancingstrategy/egress.clusters.golden.yaml").Cluster("mesh-2:static-cluster");

        Assert.Equal(200u, result.Config!.InlineAssignment!.OverprovisioningFactor);
        Assert.Equal([("zone-1", 0u, 1u), ("zone-2", 1u, 0u)], result.Config.InlineAssignment.Localities.Select(place => (place.Locality.Zone, place.Priority, place.Weight)));
        Assert.Contains(result.Enforced, field => field.Field == "load_assignment.policy.overprovisioning_factor");
    }

    [FixtureTheory("kuma")]
    [InlineData("v2.7.29")]
    [InlineData("v2.14.3")]
    public void LoadBalancing_LocalityWeightsAndHashRing(string version)
    {
        var folder = $"{version}/policies/meshloadbalancingstrategy/locality_aware_basic_egress_enabled";
        var clusters = KumaFixture.Read(folder + ".clusters.golden.yaml");
        var backend = clusters.Cluster("backend").Config!;
        var payment = clusters.Cluster("payment").Config!;

        Assert.Equal((true, LoadBalancerPolicy.Random, null), (backend.LocalityWeighted, backend.Policy, backend.ConsistentHash));
        Assert.Equal(new RingHashConfig { MinimumSize = 100, MaximumSize = 1000, UsesMurmurHash2 = true }, payment.ConsistentHash);
        Assert.Contains(clusters.Cluster("payment").Enforced, field => field.What == "endpoints by hash, on a ring of 100 to 1000 places");
        Assert.Equal(
            [("egress_+9ESnM2K", "", 1u, 0u), ("zone-1", "", 0u, 1u), ("zone-1", "k8s.io/az=test", 0u, 900u), ("zone-1", "k8s.io/node=node1", 0u, 9000u), ("zone-1", "k8s.io/region=test", 0u, 90u)],
            KumaFixture.Read(folder + ".endpoints.golden.yaml").Assignment("backend").Localities.Select(place => (place.Locality.Zone, place.Locality.SubZone, place.Priority, place.Weight)));
    }
}
