using System.Collections.Immutable;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Snapshots.External;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Resources;

public sealed class ResourceFileStateTests : IDisposable
{
    private const string Open = "type: MeshTrafficPermission\nmesh: m\nname: open\nspec: {from: [{targetRef: {kind: Mesh}, default: {action: Allow}}]}\n---\n";
    private const string Shut = "type: MeshTrafficPermission\nmesh: m\nname: shut\nspec: {targetRef: {kind: MeshService, name: ledger}, from: [{targetRef: {kind: Mesh}, default: {action: Deny}}]}\n---\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Refresh_OneDocumentTurnsBad_KeepsItAndTakesTheOthers()
    {
        var file = Read("type: Mesh\nname: a\n---\ntype: Mesh\nname: b\n");

        Refresh(file, "type: Mesh\nname: a\nrouting: {zoneEgress: perhaps}\n---\ntype: Mesh\nname: c\n");

        Assert.True(file.IsBad);
        Assert.Equal(["a", "b", "c"], Names(file));
        Refresh(file, "type: Mesh\nname: c\n");
        Assert.Equal(["c"], Names(file));
    }

    [Fact]
    public void Refresh_DocumentThatIsNoYaml_TakesNoOtherWithIt()
    {
        var file = Read("type: Mesh\nname: a\n---\ntype: Mesh\n name: b\n---\n# third\n\ntype: Mesh\nname: c\nrouting: {zoneEgress: perhaps}\n---\ntype: Mesh\nname: d\n", out var findings);

        Assert.Equal(["a", "d"], Names(file));
        Assert.Contains(findings.Problems, static problem => problem.Line == 5 && problem.Message.StartsWith("document 2 is not readable as YAML", StringComparison.Ordinal));
        Assert.Contains(findings.Problems, static problem => problem is { Line: 11, Message: "Mesh c: routing.zoneEgress \"perhaps\" is neither true nor false" });
    }

    [Fact]
    public void Refresh_PermissionThatNeverWasGood_RefusesTheServicesItMayBeAbout()
    {
        var file = Read(Open + Shut.Replace("Deny", "Never", StringComparison.Ordinal));

        Assert.False(IsOpen(file, "ledger"));
        Assert.True(IsOpen(file, "httpbin"));
    }

    [Fact]
    public void Refresh_PermissionThatTurnsBad_StaysAsItWas()
    {
        var file = Read(Open);
        Assert.True(IsOpen(file, "ledger"));

        Refresh(file, Open.Replace("Allow", "Never", StringComparison.Ordinal));

        Assert.True(IsOpen(file, "ledger"));
    }

    [Fact]
    public void Refresh_PermissionOfNobodyKnowsWhat_RefusesTheMesh()
    {
        var file = Read(Open + Shut.Replace("kind: MeshService", "kind: Nothing", StringComparison.Ordinal));

        Assert.False(IsOpen(file, "httpbin"));
    }

    private static bool IsOpen(ResourceFileState file, string service)
    {
        var resources = ResourceSet.Of([("test.yaml", file.Resources)], out _);
        var catalog = new ZoneCatalog(
            "west", resources, new ZoneWorkloads(resources, "west"), ImmutableDictionary<ResourceKey, Resource>.Empty, ImmutableDictionary<string, string>.Empty);
        return ServicePermissions.For(catalog, "m", TagSet.Empty.With(TagSet.ServiceKey, service)).Rules.Policies.Count > 0;
    }

    private static IEnumerable<string> Names(ResourceFileState file) => file.Resources.Select(static resource => resource.Name).Order(StringComparer.Ordinal);

    private ResourceFileState Read(string text) => Read(text, out _);

    private ResourceFileState Read(string text, out ProblemList findings)
    {
        var file = new ResourceFileState(_folder.Write("test.yaml", text));
        findings = file.Refresh(always: true)!;
        return file;
    }

    private void Refresh(ResourceFileState file, string text)
    {
        _folder.Write("test.yaml", text);
        file.Refresh(always: true);
    }
}
