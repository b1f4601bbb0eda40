using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Tests.Resources;

public sealed class ResourceSetTests
{
    [Fact]
    public void Of_SameResourceTwice_KeepsTheFirstAndNamesTheOther()
    {
        var first = ResourceReader.Read("type: Mesh\nname: m\nrouting: {zoneEgress: true}\n");
        var second = ResourceReader.Read("type: Mesh\nname: other\n---\ntype: Mesh\nname: m\n");

        var set = ResourceSet.Of([("a.yaml", first.Resources), ("b.yaml", second.Resources)], out var duplicates);

        Assert.True(set.Meshes["m"].UsesZoneEgress);
        Assert.Equal(2, set.Count);
        var duplicate = Assert.Single(duplicates);
        Assert.Equal(("b.yaml", 4, "a.yaml"), (duplicate.File, duplicate.Line, duplicate.FirstFile));
    }

    [Fact]
    public void Of_SameNameInTwoZones_KeepsBoth()
    {
        const string Ingress = "type: ZoneIngress\nname: zi\nzone: {0}\nnetworking: {{address: 10.0.0.1, port: 1}}\n";
        var east = ResourceReader.Read(string.Format(null, Ingress, "east"));
        var north = ResourceReader.Read(string.Format(null, Ingress, "north"));

        var set = ResourceSet.Of([("a", east.Resources), ("b", north.Resources)], out var duplicates);

        Assert.Empty(duplicates);
        Assert.Equal(["east", "north"], set.ZoneIngresses.Select(static ingress => ingress.Zone));
    }
}
