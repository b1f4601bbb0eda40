using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

public sealed class EndpointTranslatorTests
{
    [Fact]
    public void Translate_Fields_AreUnderstood()
    {
        var assignment = Good("""
            {clusterName: a, policy: {overprovisioningFactor: 200}, endpoints: [
              {locality: {region: r, zone: z, subZone: s}, priority: 1, loadBalancingWeight: 9, lbEndpoints: [
                {endpoint: {address: {socketAddress: {address: 10.0.0.1, portValue: 80}}}, loadBalancingWeight: 3, healthStatus: DEGRADED, metadata: {filterMetadata: {envoy.lb: {v: '1'}}}}]},
              {lbEndpoints: [{endpoint: {address: {socketAddress: {address: 'fd00::1', portValue: 65535}}}}]}]}
            """);

        Assert.Equal(("a", 200u), (assignment.ClusterName, assignment.OverprovisioningFactor));
        var (first, second) = (assignment.Localities[0], assignment.Localities[1]);
        Assert.Equal((new Locality("r", "z", "s"), 1u, 9u), (first.Locality, first.Priority, first.Weight));
        Assert.Equal((Locality.Unknown, 0u, 0u), (second.Locality, second.Priority, second.Weight));
        var endpoint = Assert.Single(first.Endpoints);
        Assert.Equal((IPEndPoint.Parse("10.0.0.1:80"), 3u, EndpointHealth.Degraded, "v=1"), (endpoint.Address, endpoint.Weight, endpoint.Health, endpoint.Metadata.ToString()));
        Assert.Equal(new EndpointConfig { Address = IPEndPoint.Parse("[fd00::1]:65535") }, Assert.Single(second.Endpoints));
    }

    [Theory]
    [InlineData("UNKNOWN", EndpointHealth.Healthy)]
    [InlineData("HEALTHY", EndpointHealth.Healthy)]
    [InlineData("UNHEALTHY", EndpointHealth.Unhealthy)]
    [InlineData("DRAINING", EndpointHealth.Unhealthy)]
    [InlineData("TIMEOUT", EndpointHealth.Unhealthy)]
    [InlineData("DEGRADED", EndpointHealth.Degraded)]
    public void Translate_Health_IsFolded(string status, EndpointHealth health) =>
        Assert.Equal(health, Assert.Single(Good($"{{clusterName: a, endpoints: [{{lbEndpoints: [{{healthStatus: {status}, endpoint: {{address: {Socket("10.0.0.1:1")}}}}}]}}]}}").Localities[0].Endpoints).Health);

    [Fact]
    public void Translate_NoEndpoints_IsGood() => Assert.Empty(Good("{clusterName: a}").Localities);

    [Fact]
    public void Translate_SameAddressAgain_KeepsTheFirstOfEqualMetadata()
    {
        string One(string more) => $"{{endpoint: {{address: {Socket("10.0.0.1:1")}}}{more}}}";

        var result = EndpointTranslator.Translate(Assignment($$$"""
            {clusterName: a, endpoints: [
              {lbEndpoints: [{{{One(", loadBalancingWeight: 2")}}}, {{{One(", metadata: {filterMetadata: {envoy.lb: {v: '1'}}}")}}}, {{{One(", loadBalancingWeight: 5")}}}]}, {priority: 1, lbEndpoints: [{{{One("")}}}]}]}
            """));

        Assert.Equal([2u, 1u], result.Config!.Localities[0].Endpoints.Select(endpoint => endpoint.Weight));
        Assert.Empty(result.Config.Localities[1].Endpoints);
        Assert.Equal(["endpoints[0].lb_endpoints[2]", "endpoints[1].lb_endpoints[0]"], result.Ignored.Select(field => field.Field));
    }

    [Theory]
    [InlineData("endpoints: [{priority: 129}]", "endpoints[0].priority")]
    [InlineData("endpoints: [{loadBalancingWeight: 0}]", "endpoints[0].load_balancing_weight")]
    [InlineData("endpoints: [{ledsClusterLocalityConfig: {}}]", "endpoints[0].leds_cluster_locality_config")]
    [InlineData("endpoints: [{lbEndpoints: [{endpointName: x}]}]", "endpoints[0].lb_endpoints[0]")]
    [InlineData("endpoints: [{lbEndpoints: [{}]}]", "endpoints[0].lb_endpoints[0]")]
    [InlineData("endpoints: [{lbEndpoints: [{endpoint: {}}]}]", "endpoints[0].lb_endpoints[0].endpoint.address")]
    [InlineData("endpoints: [{lbEndpoints: [{endpoint: {address: {pipe: {}}}}]}]", "endpoints[0].lb_endpoints[0].endpoint.address.pipe.path")]
    [InlineData("endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: kuma.io, portValue: 1}}}}]}]", "endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address")]
    [InlineData("endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: 10.0.0.1}}}}]}]", "endpoints[0].lb_endpoints[0].endpoint.address.socket_address.port_value")]
    [InlineData("endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: 10.0.0.1, portValue: 70000}}}}]}]", "endpoints[0].lb_endpoints[0].endpoint.address.socket_address.port_value")]
    [InlineData("endpoints: [{lbEndpoints: [{loadBalancingWeight: 0, endpoint: {address: {socketAddress: {address: 10.0.0.1, portValue: 1}}}}]}]", "endpoints[0].lb_endpoints[0].load_balancing_weight")]
    [InlineData("policy: {overprovisioningFactor: 0}", "policy.overprovisioning_factor")]
    public void Translate_UnusableField_QuarantinesAssignment(string fields, string field)
    {
        var result = EndpointTranslator.Translate(Assignment($"{{clusterName: a, {fields}}}"));

        Assert.Null(result.Config);
        Assert.Equal(field, Assert.Single(result.Errors).Field);
    }

    [Theory]
    [InlineData("lbEndpoints: [{%1}]", "lbEndpoints: [{%2}]", "endpoints")]
    [InlineData("loadBalancingWeight: 4294967295", "loadBalancingWeight: 1", "localities")]
    public void Translate_WeightsOfOnePriorityTooLarge_QuarantinesAssignment(string first, string second, string what)
    {
        string Expand(string text) => text.Replace("%1", $"loadBalancingWeight: 4294967295, endpoint: {{address: {Socket("10.0.0.1:1")}}}", StringComparison.Ordinal)
            .Replace("%2", $"loadBalancingWeight: 1, endpoint: {{address: {Socket("10.0.0.2:1")}}}", StringComparison.Ordinal);

        string With(int priority) => $"{{clusterName: a, endpoints: [{{{Expand(first)}}}, {{priority: {priority}, {Expand(second)}}}]}}";

        Assert.Contains(what, Assert.Single(EndpointTranslator.Translate(Assignment(With(0))).Errors).Reason, StringComparison.Ordinal);
        Good(With(1));
    }

    [Fact]
    public void Translate_EveryProblem_IsCollected()
    {
        var result = EndpointTranslator.Translate(Assignment("{clusterName: a, endpoints: [{priority: 200, loadBalancingWeight: 0, lbEndpoints: [{}, {}]}]}"));

        Assert.Equal(4, result.Errors.Count);
    }

    [Fact]
    public void Translate_SmallOverprovisioningFactor_CountsAsHundred()
    {
        var result = EndpointTranslator.Translate(Assignment("{clusterName: a, policy: {overprovisioningFactor: 80, dropOverloads: [{}]}}"));

        Assert.Equal(100u, result.Config!.OverprovisioningFactor);
        Assert.Equal(["policy.drop_overloads", "policy.overprovisioning_factor"], result.Ignored.Select(field => field.Field));
    }

    private static LoadAssignment Good(string yaml)
    {
        var result = EndpointTranslator.Translate(Assignment(yaml));
        Assert.Empty(result.Errors);
        return result.Config!;
    }
}
