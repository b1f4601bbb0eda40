using FsCheck;
using FsCheck.Fluent;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Hashing;

namespace Zoneway.SniRouter.Tests.Clusters.Hashing;

/// <summary>What rings and tables have in common: the same hash leads to the same endpoint, shares follow weights, and whoever comes or goes moves little.</summary>
public sealed class HashPlacesTests
{
    private const int Hashes = 20_000;

    public static TheoryData<ConsistentHashConfig> Kinds => new(
        new RingHashConfig { MinimumSize = 4096 }, new RingHashConfig { MinimumSize = 4096, UsesMurmurHash2 = true }, new MaglevConfig());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_EndpointsInAnyOrder_SameHashSameEndpoint(ConsistentHashConfig config)
    {
        var keys = Keys(9);
        var turned = keys.Reverse().ToArray();

        var owners = OwnersOf(config, keys, Equal(9));

        Assert.Equal(owners, OwnersOf(config, turned, Equal(9)));
        Assert.Equal(owners, OwnersOf(config, keys, Equal(9)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_OneOfNGoes_OnlyItsHashesMoveAndFewMore(ConsistentHashConfig config) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(20),
            Prop.ForAll(Gen.Choose(2, 40).SelectMany(n => Gen.Choose(0, n - 1).Select(gone => (n, gone))).ToArbitrary(), pair =>
            {
                var keys = Keys(pair.n);
                var before = OwnersOf(config, keys, Equal(pair.n));
                var after = OwnersOf(config, [.. keys.Where(key => key != keys[pair.gone])], Equal(pair.n - 1));

                var itsOwn = before.Count(owner => owner == keys[pair.gone]);
                var moved = before.Zip(after).Count(owner => owner.First != owner.Second);
                // A ring moves nothing else; Maglev a few percent (its paper, §5.3).
                Assert.InRange(moved, itsOwn, itsOwn + (config is MaglevConfig ? Hashes * 6 / 100 : 0));
                Assert.InRange(itsOwn, Hashes / pair.n * 0.6, Hashes / pair.n * 1.4);
            }));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_Weights_AreTheShares(ConsistentHashConfig config) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(20),
            Prop.ForAll(Gen.Choose(1, 20).ListOf().Where(list => list.Count is > 1 and < 20).ToArbitrary(), weights =>
            {
                var keys = Keys(weights.Count);
                var owners = OwnersOf(config, keys, [.. weights.Select(weight => (double)weight)]).CountBy(key => key).ToDictionary();
                for (var i = 0; i < weights.Count; i++)
                {
                    var expected = (double)Hashes * weights[i] / weights.Sum();
                    Assert.InRange(owners.GetValueOrDefault(keys[i]), expected * 0.6, (expected * 1.4) + 20);
                }
            }));

    [Fact]
    public void Ring_Size_IsThatAskedForOrMoreUpToItsBound()
    {
        Assert.Equal(1024, Ring(new RingHashConfig(), 1).Length);
        Assert.Equal(512 * 10, Ring(new RingHashConfig(), 10).Length);
        Assert.Equal(7, Ring(new RingHashConfig { MinimumSize = 5, MaximumSize = 7 }, 7).Length);
        Assert.Equal(3, Ring(new RingHashConfig { MinimumSize = 1, MaximumSize = 3 }, 7).Length);
        Assert.Equal(RingHashConfig.MostPlaces, Ring(new RingHashConfig { MinimumSize = RingHashConfig.LargestSize }, 3).Length);
    }

    [Fact]
    public void Ring_OneEndpointNextToNothing_StaysWithinItsBound() =>
        Assert.Equal(RingHashConfig.MostPlaces, HashPlaces.Create(new RingHashConfig(), Keys(3), [1, uint.MaxValue, uint.MaxValue]).Length);

    [Theory]
    [InlineData(0ul, 2)]
    [InlineData(1ul, 2)]
    [InlineData(9ul, 11)]
    [InlineData(65536ul, 65537)]
    [InlineData(65537ul, 65537)]
    [InlineData(ulong.MaxValue, (int)MaglevConfig.LargestSize)]
    public void Maglev_SizeThatIsNoPrimeNumber_IsTheNextOne(ulong wanted, int size) => Assert.Equal(size, MaglevConfig.SizeOf(wanted));

    [Fact]
    public void Maglev_MoreEndpointsThanPlaces_EveryPlaceHasOne()
    {
        var places = HashPlaces.Create(new MaglevConfig { TableSize = 7 }, Keys(100), Equal(100));

        Assert.All(Enumerable.Range(0, 7), place => Assert.InRange(places.OwnerOf(place), 0, 99));
        Assert.Equal(7, places.Length);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_SameKeyTwice_IsServed(ConsistentHashConfig config) => Assert.Equal(Hashes, OwnersOf(config, ["a", "a", "b"], Equal(3)).Length);

    private static HashPlaces Ring(RingHashConfig config, int endpoints) => HashPlaces.Create(config, Keys(endpoints), Equal(endpoints));

    private static string[] Keys(int count) => [.. Enumerable.Range(1, count).Select(i => $"10.0.{i / 256}.{i % 256}:8080")];

    private static double[] Equal(int count) => [.. Enumerable.Repeat(1.0, count)];

    private static string[] OwnersOf(ConsistentHashConfig config, string[] keys, double[] weights)
    {
        var places = HashPlaces.Create(config, keys, weights);
        return [.. Enumerable.Range(0, Hashes).Select(i => keys[places.OwnerOf(places.Find(XxHash64.Of(BitConverter.GetBytes(i))))])];
    }
}
