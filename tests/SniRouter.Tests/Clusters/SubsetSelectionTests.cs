using System.Collections.Immutable;
using Zoneway.SniRouter.Clusters;
using static Zoneway.SniRouter.Tests.Clusters.TestEndpoints;

namespace Zoneway.SniRouter.Tests.Clusters;

/// <summary>Envoy's subset rules (LbSubsetConfig), in the shapes that Kuma sends and in all others.</summary>
public sealed class SubsetSelectionTests
{
    private static readonly LoadAssignment Tagged = Assignment(Level(
        0,
        Endpoint(1, tags: [("version", "v1"), ("zone", "east")]),
        Endpoint(2, tags: [("version", "v1"), ("zone", "west")]),
        Endpoint(3, tags: [("version", "v2"), ("zone", "east")]),
        Endpoint(4, tags: ("zone", "east"))));

    [Fact]
    public void Select_NoMetadata_FallbackOfTheCluster()
    {
        Assert.Equal([1, 2, 3, 4], Select(SubsetFallback.AnyEndpoint, [Selector("version")]));
        Assert.Empty(Select(SubsetFallback.NoFallback, [Selector("version")]));
    }

    [Fact]
    public void Select_NoSelectors_MetadataMeansNothing()
    {
        Assert.Equal([1, 2, 3, 4], Snapshot(Tagged).Select(Metadata(("version", "v1"))).Ports());
        Assert.Equal([1, 2, 3, 4], Select(SubsetFallback.NoFallback, [], ("version", "v1")));
    }

    [Fact]
    public void Select_KeysOfASelector_EndpointsWithTheseValues()
    {
        ImmutableArray<SubsetSelector> selectors = [Selector("version"), Selector("version", "zone")];

        Assert.Equal([1, 2], Select(SubsetFallback.AnyEndpoint, selectors, ("version", "v1")));
        Assert.Equal([3], Select(SubsetFallback.AnyEndpoint, selectors, ("version", "v2")));
        Assert.Equal([2], Select(SubsetFallback.AnyEndpoint, selectors, ("zone", "west"), ("version", "v1")));
    }

    [Fact]
    public void Select_ValueThatNobodyHas_FallbackOfTheSelector()
    {
        Assert.Empty(Select(SubsetFallback.AnyEndpoint, [Selector("version") with { Fallback = SubsetFallback.NoFallback }], ("version", "v9")));
        Assert.Equal([1, 2, 3, 4], Select(SubsetFallback.NoFallback, [Selector("version") with { Fallback = SubsetFallback.AnyEndpoint }], ("version", "v9")));
    }

    [Fact]
    public void Select_SelectorWithoutFallback_DefersToTheCluster()
    {
        Assert.Equal([1, 2, 3, 4], Select(SubsetFallback.AnyEndpoint, [Selector("version")], ("version", "v9")));
        Assert.Empty(Select(SubsetFallback.NoFallback, [Selector("version")], ("version", "v9")));
    }

    [Theory]
    [InlineData("zone")]
    [InlineData("version,zone")]
    [InlineData("version,other")]
    [InlineData("Version")]
    public void Select_KeysOfNoSelector_FallbackOfTheCluster(string keys)
    {
        var selector = Selector("version") with { Fallback = SubsetFallback.NoFallback };
        var wanted = keys.Split(',').Select(key => (key, "v1")).ToArray();

        Assert.Equal([1, 2, 3, 4], Select(SubsetFallback.AnyEndpoint, [selector], wanted));
        Assert.Empty(Select(SubsetFallback.NoFallback, [selector], wanted));
    }

    [Fact]
    public void Select_DefaultSubset_OfClusterAndOfSelector()
    {
        var subsets = new SubsetConfig { Selectors = [Selector("version")], Fallback = SubsetFallback.DefaultSubset, DefaultSubset = Metadata(("zone", "east")) };

        Assert.Equal([1, 3, 4], Select(subsets));
        Assert.Equal([1, 3, 4], Select(subsets, ("version", "v9")));
        Assert.Equal([1, 3, 4], Select(subsets, ("unknown", "x")));
        Assert.Equal([3], Select(subsets, ("version", "v2")));
    }

    [Fact]
    public void Select_DefaultSubsetOnlyOfASelector_IsServed()
    {
        var selector = Selector("version") with { Fallback = SubsetFallback.DefaultSubset };
        var subsets = new SubsetConfig { Selectors = [selector], Fallback = SubsetFallback.NoFallback, DefaultSubset = Metadata(("zone", "west")) };

        Assert.Equal([2], Select(subsets, ("version", "v9")));
        Assert.Empty(Select(subsets));
    }

    [Fact]
    public void Select_EmptyDefaultSubset_IsEveryEndpoint()
    {
        var subsets = new SubsetConfig { Selectors = [Selector("version")], Fallback = SubsetFallback.DefaultSubset };

        Assert.Equal([1, 2, 3, 4], Select(subsets));
    }

    [Fact]
    public void Select_KeysSubset_TriesFewerKeysStepByStep()
    {
        ImmutableArray<SubsetSelector> selectors =
        [
            Selector("version", "zone") with { Fallback = SubsetFallback.KeysSubset, FallbackKeys = ["version"] },
            Selector("version") with { Fallback = SubsetFallback.KeysSubset, FallbackKeys = [] },
        ];

        Assert.Equal([1], Select(SubsetFallback.AnyEndpoint, selectors, ("version", "v1"), ("zone", "east")));
        Assert.Equal([3], Select(SubsetFallback.AnyEndpoint, selectors, ("version", "v2"), ("zone", "north")));
        Assert.Equal([1, 2, 3, 4], Select(SubsetFallback.AnyEndpoint, selectors, ("version", "v9"), ("zone", "north")));
    }

    [Fact]
    public void Select_KeysSubsetThatIsNotSmaller_EndsWithNothing()
    {
        ImmutableArray<SubsetSelector> selectors =
            [Selector("version", "zone") with { Fallback = SubsetFallback.KeysSubset, FallbackKeys = ["version", "zone"] }];

        Assert.Empty(Select(SubsetFallback.AnyEndpoint, selectors, ("version", "v9"), ("zone", "x")));
    }

    [Fact]
    public void Select_SameKeysTwice_FirstSelectorsFallbackCounts()
    {
        ImmutableArray<SubsetSelector> selectors =
        [
            Selector("version") with { Fallback = SubsetFallback.NoFallback },
            Selector("version") with { Fallback = SubsetFallback.AnyEndpoint },
        ];

        Assert.Empty(Select(SubsetFallback.AnyEndpoint, selectors, ("version", "v9")));
        Assert.Equal([1, 2], Select(SubsetFallback.AnyEndpoint, selectors, ("version", "v1")));
    }

    [Theory]
    [InlineData(MetadataKind.String, "2", true)]
    [InlineData(MetadataKind.Number, "2", false)]
    [InlineData(MetadataKind.Boolean, "true", false)]
    [InlineData(MetadataKind.Json, "\"2\"", false)]
    [InlineData(MetadataKind.String, "02", false)]
    public void Select_ValueKinds_AreDifferentValues(MetadataKind kind, string text, bool found)
    {
        var snapshot = Snapshot(Assignment(Level(0, Endpoint(1, tags: ("version", "2")))), Config(SubsetFallback.NoFallback, [Selector("version")]));

        var set = snapshot.Select(new EndpointMetadata([KeyValuePair.Create("version", new MetadataValue(kind, text))]));

        Assert.Equal(found, set is not null);
    }

    [Fact]
    public void Select_SubsetOfUnhealthyEndpoints_PanicsOnItsOwn()
    {
        var assignment = Assignment(Level(0, Endpoint(1, tags: ("version", "v1")), Endpoint(2, health: EndpointHealth.Unhealthy, tags: ("version", "v2"))));

        var set = Snapshot(assignment, Config(SubsetFallback.NoFallback, [Selector("version")])).Select(Metadata(("version", "v2")));

        Assert.Equal(2, set!.Pick([]).Port());
    }

    [Theory]
    [InlineData(SubsetFallback.AnyEndpoint)]
    [InlineData(SubsetFallback.NoFallback)]
    public void Select_SubsetThatNobodyOfMayBePicked_DoesNotFallBack(SubsetFallback fallback)
    {
        var assignment = Assignment(Level(0, Endpoint(1, tags: ("version", "v1")), Endpoint(2, health: EndpointHealth.Unhealthy, tags: ("version", "v2"))));

        var set = Snapshot(assignment, Config(fallback, [Selector("version")]) with { HealthyPanicThreshold = 0 }).Select(Metadata(("version", "v2")));

        Assert.Null(set);
    }

    [Fact]
    public void Select_AllocatesNothing()
    {
        var snapshot = Snapshot(Tagged, Config(SubsetFallback.AnyEndpoint, [Selector("version"), Selector("version", "zone")]));
        var wanted = Metadata(("version", "v1"), ("zone", "east"));
        snapshot.Select(wanted);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            snapshot.Select(wanted);
            snapshot.Select(EndpointMetadata.Empty);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int[] Select(SubsetFallback fallback, ImmutableArray<SubsetSelector> selectors, params (string Key, string Value)[] wanted) =>
        Snapshot(Tagged, Config(fallback, selectors)).Select(Metadata(wanted)).Ports();

    private static int[] Select(SubsetConfig subsets, params (string Key, string Value)[] wanted) =>
        Snapshot(Tagged, new ClusterConfig { Name = "c", Subsets = subsets }).Select(Metadata(wanted)).Ports();

    private static ClusterConfig Config(SubsetFallback fallback, ImmutableArray<SubsetSelector> selectors) =>
        new() { Name = "c", Subsets = new SubsetConfig { Selectors = selectors, Fallback = fallback } };

    private static SubsetSelector Selector(params string[] keys) => new() { Keys = [.. keys] };
}
