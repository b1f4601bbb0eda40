using FsCheck;
using FsCheck.Fluent;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.SniRouter.Tests.Clusters;

public sealed class WeightedCycleTests
{
    private static readonly Arbitrary<uint[]> SmallWeights =
        Gen.Choose(0, 40).Select(weight => (uint)weight).NonEmptyListOf().Select(list => list.Take(12).ToArray()).Where(weights => weights.Any(weight => weight > 0)).ToArbitrary();

    [Fact]
    public void Next_AnyWindowOfAFullCycle_HasTheExactProportions() =>
        Prop.ForAll(SmallWeights, ArbMap.Default.ArbFor<uint>(), (weights, start) =>
        {
            var cycle = new WeightedCycle(weights, start);
            int length = (int)cycle.Length;
            int[] picks = Take(cycle, 2 * length);
            uint divisor = (uint)(weights.Sum(weight => weight) / cycle.Length);

            for (int from = 0; from <= length; from++)
            {
                var window = picks.AsSpan(from, length);
                for (int i = 0; i < weights.Length; i++)
                {
                    Assert.Equal(weights[i] / divisor, (uint)window.Count(i));
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    /// <summary>As many places as indices, but not one for each.</summary>
    [Theory]
    [InlineData(0u, 20u, 10u)]
    [InlineData(2u, 0u, 1u)]
    [InlineData(2u, 1u, 0u)]
    public void Next_SumOfWeightsIsTheirNumber_HasTheExactProportions(uint first, uint second, uint third)
    {
        uint[] weights = [first, second, third];
        var cycle = new WeightedCycle(weights);
        uint divisor = (first + second + third) / cycle.Length;

        var picks = Take(cycle, (int)cycle.Length);

        Assert.Equal(weights, picks.CountBy(index => index).Aggregate(new uint[3], (counts, pair) => { counts[pair.Key] = (uint)pair.Value * divisor; return counts; }));
    }

    [Fact]
    public void Next_AnyShorterWindow_IsNearTheProportions() =>
        Prop.ForAll(SmallWeights, ArbMap.Default.ArbFor<uint>(), (weights, start) =>
        {
            var cycle = new WeightedCycle(weights, start);
            int[] picks = Take(cycle, (int)cycle.Length);

            for (int i = 0; i < weights.Length; i++)
            {
                Assert.InRange(WidestDeviation(picks, i), 0, SmoothnessBound(cycle));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Next_EveryTwoWaySplitUpTo300_IsSmooth()
    {
        for (uint length = 2; length <= 300; length++)
        {
            for (uint weight = 1; weight < length; weight++)
            {
                var cycle = new WeightedCycle([weight, length - weight]);
                Assert.InRange(WidestDeviation(Take(cycle, (int)cycle.Length), index: 0), 0, SmoothnessBound(cycle));
            }
        }
    }

    [Theory]
    [InlineData(new uint[] { 2, 1 }, 3)]
    [InlineData(new uint[] { 30, 10 }, 4)]
    [InlineData(new uint[] { 100, 100, 100 }, 3)]
    [InlineData(new uint[] { 7 }, 1)]
    [InlineData(new uint[] { 0, 5, 0 }, 1)]
    [InlineData(new uint[] { 4_000_000_000, 200_000_000 }, 21)]
    public void Length_IsTheSumByTheGreatestCommonDivisor(uint[] weights, uint length) =>
        Assert.Equal(length, new WeightedCycle(weights).Length);

    [Fact]
    public void Next_EqualWeights_TakeTurnsInOrder()
    {
        var cycle = new WeightedCycle([5, 5, 5, 5], start: 2);

        Assert.Equal([2, 3, 0, 1, 2, 3, 0, 1], Take(cycle, 8));
    }

    [Fact]
    public void Next_ZeroWeights_AreNeverPicked()
    {
        var cycle = new WeightedCycle([0, 3, 0, 0, 2, 0]);

        int[] picks = Take(cycle, 500);

        Assert.Equal((300, 200), (picks.Count(pick => pick == 1), picks.Count(pick => pick == 4)));
    }

    [Fact]
    public void Next_GreatestWeights_KeepTheirProportions()
    {
        var cycle = new WeightedCycle([3_000_000_000, 1_294_967_295]);

        int[] picks = Take(cycle, 100_000);

        Assert.InRange(picks.Count(pick => pick == 0), 69_849 - 20, 69_849 + 20);
    }

    [Fact]
    public void Next_SumBeyond32Bits_KeepsTheProportionsAndDropsNobody()
    {
        var cycle = new WeightedCycle([uint.MaxValue, uint.MaxValue, uint.MaxValue / 2, 1]);

        int[] picks = Take(cycle, 100_000);

        Assert.InRange(picks.Count(pick => pick == 0), 40_000 - 20, 40_000 + 20);
        Assert.InRange(picks.Count(pick => pick == 1), 40_000 - 20, 40_000 + 20);
        Assert.InRange(picks.Count(pick => pick == 2), 20_000 - 20, 20_000 + 20);
        Assert.InRange(cycle.Length, 1u, uint.MaxValue);
    }

    [Fact]
    public void Constructor_OnlyZeros_Throws() => Assert.Throws<ArgumentException>(() => new WeightedCycle([0, 0]));

    [Fact]
    public async Task Next_ManyThreads_TotalsAreExact()
    {
        const int perThread = 60_000;
        uint[] weights = [1, 2, 3, 0, 4];
        var cycle = new WeightedCycle(weights, start: 12_345);

        int[][] counts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            int[] own = new int[weights.Length];
            for (int i = 0; i < perThread; i++)
            {
                own[cycle.Next()]++;
            }

            return own;
        })));

        Assert.Equal(weights.Select(weight => (int)weight * perThread * 8 / 10), weights.Select((_, i) => counts.Sum(own => own[i])));
    }

    [Fact]
    public void Next_AllocatesNothing()
    {
        var cycle = new WeightedCycle([7, 3, 11, 2]);
        cycle.Next();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            cycle.Next();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static double SmoothnessBound(WeightedCycle cycle) => 1 + (Math.Log2(cycle.Length) / 2);

    /// <summary>How far any window within a cycle is from its share, in turns: the range over which the running deviation swings.</summary>
    private static double WidestDeviation(int[] cycle, int index)
    {
        double share = cycle.Count(pick => pick == index) / (double)cycle.Length;
        double deviation = 0, least = 0, most = 0;
        foreach (int pick in cycle)
        {
            deviation += (pick == index ? 1 : 0) - share;
            least = Math.Min(least, deviation);
            most = Math.Max(most, deviation);
        }

        return most - least;
    }

    private static int[] Take(WeightedCycle cycle, int count)
    {
        int[] picks = new int[count];
        foreach (ref int pick in picks.AsSpan())
        {
            pick = cycle.Next();
        }

        return picks;
    }
}
