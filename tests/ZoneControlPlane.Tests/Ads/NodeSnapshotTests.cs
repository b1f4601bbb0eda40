namespace Zoneway.ZoneControlPlane.Tests.Ads;

public sealed class NodeSnapshotTests
{
    [Fact]
    public void After_SameContent_KeepsAllVersions()
    {
        var first = TestSnapshots.After(null, ["a"]);
        var second = TestSnapshots.After(first, ["a"]);

        foreach (var type in new[] { TestSnapshots.Clusters, TestSnapshots.Endpoints, TestSnapshots.Listeners })
        {
            Assert.Equal(first[type]!.Version, second[type]!.Version);
        }
    }

    [Fact]
    public void After_ClustersChange_ReVersionsEndpointsToo()
    {
        var first = TestSnapshots.After(null, ["a"]);
        var second = TestSnapshots.After(first, ["a!"]);

        Assert.NotEqual(first[TestSnapshots.Clusters]!.Version, second[TestSnapshots.Clusters]!.Version);
        Assert.NotEqual(first[TestSnapshots.Endpoints]!.Version, second[TestSnapshots.Endpoints]!.Version);
        Assert.Equal(first[TestSnapshots.Endpoints]!.Items["a"].Version, second[TestSnapshots.Endpoints]!.Items["a"].Version);
        Assert.Equal(first[TestSnapshots.Listeners]!.Version, second[TestSnapshots.Listeners]!.Version);
    }

    [Fact]
    public void After_OnlyListenerChanges_KeepsTheRest()
    {
        var first = TestSnapshots.After(null, ["a"]);
        var second = TestSnapshots.After(first, ["a"], listener: null);

        Assert.Equal(first[TestSnapshots.Clusters]!.Version, second[TestSnapshots.Clusters]!.Version);
        Assert.NotEqual(first[TestSnapshots.Listeners]!.Version, second[TestSnapshots.Listeners]!.Version);
    }

    [Fact]
    public void Version_OfAResource_DependsOnItsContentOnly()
    {
        var first = TestSnapshots.After(null, ["a", "b"]);
        var other = TestSnapshots.After(null, ["b", "a"]);

        Assert.Equal(first[TestSnapshots.Clusters]!.Items["a"].Version, other[TestSnapshots.Clusters]!.Items["a"].Version);
        Assert.Matches("^[0-9a-f]{64}$", first[TestSnapshots.Clusters]!.Items["a"].Version);
    }
}
