using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Catalog;

public sealed class ZoneWorkloadsTests
{
    [Fact]
    public void AvailableServicesOf_SeveralInstances_GroupsByMeshAndTags()
    {
        var workloads = Workloads(
            SampleResources.Mesh("b") + SampleResources.Mesh("a")
            + SampleResources.Dataplane("d1", "east", "b", "backend", tags: "version: v1")
            + SampleResources.Dataplane("d2", "east", "b", "backend", tags: "version: v2")
            + SampleResources.Dataplane("d3", "east", "b", "backend", tags: "version: v1")
            + SampleResources.Dataplane("d4", "east", "a", "web")
            + SampleResources.Dataplane("d5", "north", "b", "backend"));

        var services = workloads.AvailableServicesOf("east");

        Assert.Equal(
            [
                "a 1 kuma.io/service=web,kuma.io/zone=east",
                "b 2 kuma.io/service=backend,kuma.io/zone=east,version=v1",
                "b 1 kuma.io/service=backend,kuma.io/zone=east,version=v2",
            ],
            services.Select(static service => $"{service.Mesh} {service.Instances} {service.Tags}"));
        Assert.Empty(workloads.AvailableServicesOf("nowhere"));
    }

    [Fact]
    public void AvailableServicesOf_Zone_ComesFromTagThenLabelThenThisZone()
    {
        const string Bare = "type: Dataplane\nmesh: m\nname: bare\nnetworking: {address: 10.0.0.1, inbound: [{port: 1, tags: {kuma.io/service: bare}}]}\n---\n";
        var workloads = Workloads(
            SampleResources.Mesh("m") + Bare
            + SampleResources.Dataplane("label", "east", "m", "label")
            + SampleResources.Dataplane("tag", "east", "m", "tag", tags: "kuma.io/zone: north"));

        Assert.Equal("bare", workloads.AvailableServicesOf("west").Single().Tags.Service);
        Assert.Equal("label", workloads.AvailableServicesOf("east").Single().Tags.Service);
        Assert.Equal("tag", workloads.AvailableServicesOf("north").Single().Tags.Service);
    }

    [Fact]
    public void AvailableServicesOf_InboundsThatAreNotReady_DoNotCount()
    {
        const string Inbounds = """
            type: Dataplane
            mesh: m
            name: d
            networking:
              address: 10.0.0.1
              inbound:
              - {port: 1, tags: {kuma.io/service: s}}
              - {port: 2, tags: {kuma.io/service: s}, health: {ready: false}}
              - {port: 3, tags: {kuma.io/service: s}, state: NotReady}
              - {port: 4, tags: {kuma.io/service: s}, state: Ready}
            """;
        var workloads = Workloads(SampleResources.Mesh("m") + Inbounds);

        Assert.Equal(2u, workloads.AvailableServicesOf("west").Single().Instances);
        Assert.Equal([1, 4], workloads.InstancesOf("west", "m", "s").Select(static instance => instance.Endpoint.Port));
    }

    [Fact]
    public void AvailableServicesOf_ExclusiveOrUnknownMesh_OffersNothing()
    {
        var workloads = Workloads(
            "type: Mesh\nname: exclusive\nmeshServices: {mode: Exclusive}\n---\n"
            + SampleResources.Dataplane("d1", "east", "exclusive", "s")
            + SampleResources.Dataplane("d2", "east", "unknown", "s"));

        Assert.Empty(workloads.AvailableServicesOf("east"));
    }

    private static ZoneWorkloads Workloads(string yaml) => new(SampleResources.Set(yaml), "west");
}
