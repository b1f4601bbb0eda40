using FsCheck;
using FsCheck.Fluent;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.SniRouter.Tests.Clusters;

/// <summary>The numbers of Envoy's documentation ("Priority levels", "Panic threshold"), overprovisioning factor 140 and panic threshold 50 where not said otherwise.</summary>
public sealed class PriorityLoadTests
{
    [Theory]
    [InlineData(100, 100, 0)]
    [InlineData(72, 100, 0)]
    [InlineData(71, 99, 1)]
    [InlineData(50, 70, 30)]
    [InlineData(25, 35, 65)]
    [InlineData(0, 0, 100)]
    public void Compute_SecondLevelHealthy_TakesWhatTheFirstCannot(int healthyPercent, int first, int second)
    {
        var loads = Compute(Level(healthyPercent), Level(100));

        Assert.Equal([(first, false), (second, false)], loads);
    }

    [Theory]
    [InlineData(100, 100, 100, 0, 0)]
    [InlineData(72, 72, 100, 0, 0)]
    [InlineData(71, 71, 99, 1, 0)]
    [InlineData(50, 60, 70, 30, 0)]
    [InlineData(50, 50, 70, 30, 0)]
    [InlineData(25, 100, 35, 65, 0)]
    public void Compute_ThirdLevelEmpty_TakesNothing(int p0, int p1, int first, int second, int third)
    {
        var loads = Compute(Level(p0), Level(p1), []);

        Assert.Equal([first, second, third], loads.Select(load => load.Percent));
    }

    [Theory]
    [InlineData(72, 72, 100, false, 0, false)]
    [InlineData(71, 71, 99, false, 1, false)]
    [InlineData(50, 60, 70, false, 30, false)]
    [InlineData(25, 100, 35, false, 65, false)]
    [InlineData(25, 25, 50, true, 50, true)]
    [InlineData(0, 0, 50, true, 50, true)]
    // The documentation rounds to 7 and 93; the point that integer division leaves over goes to the first level.
    [InlineData(5, 65, 8, true, 92, false)]
    public void Compute_Panic_OnlyWhenAllLevelsTogetherFallShort(int p0, int p1, int first, bool firstPanic, int second, bool secondPanic)
    {
        var loads = Compute(Level(p0), Level(p1));

        Assert.Equal([(first, firstPanic), (second, secondPanic)], loads);
    }

    [Fact]
    public void Compute_EveryLevelInPanic_SharesByNumberOfEndpoints()
    {
        var loads = PriorityLoad.Compute([Endpoints(0, 30), Endpoints(0, 10)], 140, 50);

        Assert.Equal([new PriorityLoad(75, true), new PriorityLoad(25, true)], loads);
    }

    [Fact]
    public void Compute_PanicSwitchedOff_NobodyHealthy_NoLoadAtAll()
    {
        var loads = PriorityLoad.Compute([Endpoints(0, 10)], 140, panicThreshold: 0);

        Assert.Equal([new PriorityLoad(0, false)], loads);
    }

    [Theory]
    [InlineData(71, 29, 100)]
    [InlineData(25, 65, 100)]
    [InlineData(0, 50, 70)]
    public void Compute_DegradedEndpoints_CountAsAvailable(int healthy, int degraded, int first)
    {
        var level = TestEndpoints.Snapshot(TestEndpoints.Assignment(TestEndpoints.Level(0, healthy, degraded, 100 - healthy - degraded))).Endpoints.ToArray();

        var loads = PriorityLoad.Compute([level, Level(100)], 140, 50);

        Assert.Equal([first, 100 - first], loads.Select(load => (int)load.Percent));
    }

    [Fact]
    public void Compute_FactorOf100_PercentagesAreExact()
    {
        for (int healthy = 0; healthy <= 100; healthy++)
        {
            var loads = PriorityLoad.Compute([Level(healthy), Level(100)], 100, 50);

            Assert.Equal([(uint)healthy, 100u - (uint)healthy], loads.Select(load => load.Percent));
        }
    }

    [Fact]
    public void Compute_GreatestFactor_StaysWithin100()
    {
        var loads = PriorityLoad.Compute([Level(50), Level(50)], uint.MaxValue, 50);

        Assert.Equal([100u, 0u], loads.Select(load => load.Percent));
    }

    [Fact]
    public void Compute_AnyLevels_AddUpTo100() =>
        Prop.ForAll(
            Gen.Choose(0, 30).Two().ArrayOf().ToArbitrary(), Gen.Choose(100, 300).ToArbitrary(),
            (levels, factor) =>
            {
                var endpoints = Array.ConvertAll(levels, level => Endpoints(level.Item1, level.Item2));
                var loads = PriorityLoad.Compute(endpoints, (uint)factor, 50);

                bool any = Array.Exists(endpoints, level => level.Length > 0);
                Assert.Equal(any ? 100 : 0, loads.Sum(load => load.Percent));
                Assert.All(loads.Zip(endpoints), pair => Assert.True(pair.First.Percent == 0 || pair.Second.Length > 0));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static (int Percent, bool InPanic)[] Compute(params UpstreamEndpoint[][] levels) =>
        Array.ConvertAll(PriorityLoad.Compute(levels, LoadAssignment.DefaultOverprovisioningFactor, 50), load => ((int)load.Percent, load.InPanic));

    private static UpstreamEndpoint[] Level(int healthyPercent) => Endpoints(healthyPercent, 100 - healthyPercent);

    private static UpstreamEndpoint[] Endpoints(int healthy, int unhealthy) =>
        [.. TestEndpoints.Snapshot(TestEndpoints.Assignment(TestEndpoints.Level(0, healthy, 0, unhealthy))).Endpoints];
}
