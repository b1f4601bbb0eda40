using FsCheck;
using FsCheck.Fluent;
using Zoneway.SniRouter.Clusters;
using static Zoneway.SniRouter.Tests.Clusters.TestEndpoints;

namespace Zoneway.SniRouter.Tests.Clusters;

public sealed class EndpointMetadataTests
{
    [Fact]
    public void Equals_OrderOfThePairs_DoesNotMatter()
    {
        var one = Metadata(("a", "1"), ("b", "2"));
        var other = Metadata(("b", "2"), ("a", "1"));

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void Equals_SameAsThePairsAre() =>
        Prop.ForAll<Dictionary<byte, bool>, Dictionary<byte, bool>>((one, other) =>
        {
            bool same = one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out bool value) && value == pair.Value);
            Assert.Equal(same, Of(one).Equals(Of(other)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Constructor_KeyGivenTwice_LastOneCounts()
    {
        var metadata = Metadata(("a", "1"), ("a", "2"));

        Assert.Equal(Metadata(("a", "2")), metadata);
    }

    [Fact]
    public void Restrict_MissingKey_Null()
    {
        var metadata = Metadata(("a", "1"), ("b", "2"));

        Assert.Null(metadata.Restrict(["a", "c"]));
        Assert.Equal(Metadata(("b", "2")), metadata.Restrict(["b"]));
        Assert.Equal(EndpointMetadata.Empty, metadata.Restrict([]));
    }

    [Fact]
    public void ToString_ReadsLikeTags() => Assert.Equal("a=1,b=2", Metadata(("b", "2"), ("a", "1")).ToString());

    private static EndpointMetadata Of(Dictionary<byte, bool> pairs) => Metadata([.. pairs.Select(pair => ($"k{pair.Key}", pair.Value ? "1" : "0"))]);
}
