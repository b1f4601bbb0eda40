using FsCheck;
using FsCheck.Fluent;
using Zoneway.SniRouter.Clusters;
using static Zoneway.SniRouter.Tests.Clusters.TestEndpoints;

namespace Zoneway.SniRouter.Tests.Clusters;

public sealed class EndpointSetTests
{
    private static readonly ClusterConfig LocalityWeighted = new() { Name = "c", LocalityWeighted = true };

    [Fact]
    public void Pick_Weights_AreExactOverACycle()
    {
        var set = AllOf(Assignment(Level(0, Endpoint(1, weight: 20), Endpoint(2, weight: 10), Endpoint(3, weight: 30))))!;

        Assert.Equal(new SortedDictionary<int, int> { [1] = 200, [2] = 100, [3] = 300 }, PickMany(set, 600));
    }

    [Fact]
    public void Pick_SeveralLocalitiesWithoutWeights_EndpointsCountAlike()
    {
        var set = AllOf(Assignment(
            new LocalityEndpoints { Locality = East, Weight = 9, Endpoints = [Endpoint(1), Endpoint(2)] },
            new LocalityEndpoints { Locality = West, Weight = 1, Endpoints = [Endpoint(3)] }))!;

        Assert.Equal(new SortedDictionary<int, int> { [1] = 100, [2] = 100, [3] = 100 }, PickMany(set, 300));
    }

    [Fact]
    public void Pick_Random_FollowsTheWeights()
    {
        var set = AllOf(Assignment(Level(0, Endpoint(1, weight: 3), Endpoint(2))), new ClusterConfig { Name = "c", Policy = LoadBalancerPolicy.Random })!;

        var counts = PickMany(set, 10_000);

        // Six standard deviations: chance alone fails this once in a billion runs.
        Assert.InRange(counts[1], 7_240, 7_760);
    }

    [Fact]
    public void Pick_LeastRequest_LeavesABusyEndpointOnlyToItself()
    {
        var set = AllOf(Assignment(Level(0, Endpoint(1), Endpoint(2))), new ClusterConfig { Name = "c", Policy = LoadBalancerPolicy.LeastRequest })!;
        set.Endpoints[0].State.Connected();

        var counts = PickMany(set, 10_000);

        // The busy one is picked only when both choices fall on it: a quarter of the time.
        Assert.InRange(counts[1], 2_240, 2_760);
    }

    [Fact]
    public void Pick_LocalityWeights_DecideBeforeEndpointWeights()
    {
        var set = AllOf(
            Assignment(
                new LocalityEndpoints { Locality = East, Weight = 90, Endpoints = [Endpoint(1), Endpoint(2, weight: 2)] },
                new LocalityEndpoints { Locality = West, Weight = 10, Endpoints = [Endpoint(3)] }),
            LocalityWeighted)!;

        Assert.Equal(new SortedDictionary<int, int> { [1] = 300, [2] = 600, [3] = 100 }, PickMany(set, 1000));
    }

    [Fact]
    public void Pick_LocalityOfWeightZero_GetsNothingEvenAfterFailures()
    {
        var set = AllOf(
            Assignment(
                new LocalityEndpoints { Locality = East, Weight = 1, Endpoints = [Endpoint(1)] },
                new LocalityEndpoints { Locality = West, Weight = 0, Endpoints = [Endpoint(2)] }),
            LocalityWeighted)!;

        var first = set.Pick([]);

        Assert.Equal(1, first.Port());
        Assert.Null(set.Pick([first]));
    }

    [Fact]
    public void Pick_LocalityWithoutHealthyEndpoints_LeavesItsShareToTheOthers()
    {
        var set = AllOf(
            Assignment(
                new LocalityEndpoints { Locality = East, Weight = 1, Endpoints = [Endpoint(1, health: EndpointHealth.Unhealthy)] },
                new LocalityEndpoints { Locality = West, Weight = 1, Endpoints = [Endpoint(2), Endpoint(3)] }),
            LocalityWeighted)!;

        Assert.Equal([2, 3], PickMany(set, 100).Keys);
    }

    [Theory]
    [InlineData(140, 2_188)]
    [InlineData(100, 1_667)]
    [InlineData(500, 5_000)]
    public void Pick_LocalityWithFewHealthyEndpoints_GetsAsMuchLess(uint factor, int expected)
    {
        // One of five: a fifth of its weight times the factor, at most all of it. The other has the same weight: 0.28 to 1, 0.2 to 1, 1 to 1.
        var assignment = Assignment(
            new LocalityEndpoints { Locality = East, Weight = 7, Endpoints = Level(0, healthy: 1, degraded: 0, unhealthy: 4).Endpoints },
            new LocalityEndpoints { Locality = West, Weight = 7, Endpoints = [.. Enumerable.Range(11, 20).Select(port => Endpoint(port))] });
        var set = AllOf(assignment with { OverprovisioningFactor = factor }, LocalityWeighted)!;

        var counts = PickMany(set, 10_000);

        Assert.InRange(counts[0], expected - 50, expected + 50);
    }

    [Fact]
    public void Pick_Panic_WeightsOfLocalitiesDoNotCount()
    {
        var set = AllOf(
            Assignment(
                new LocalityEndpoints { Locality = East, Weight = 99, Endpoints = [Endpoint(1, health: EndpointHealth.Unhealthy)] },
                new LocalityEndpoints { Locality = West, Weight = 0, Endpoints = [Endpoint(2, health: EndpointHealth.Unhealthy)] }),
            LocalityWeighted)!;

        Assert.Equal(new SortedDictionary<int, int> { [1] = 50, [2] = 50 }, PickMany(set, 100));
    }

    [Fact]
    public void Pick_SameLocalityAtTwoPriorities_WeightsOfEachLevelCount()
    {
        var set = AllOf(
            Assignment(
                new LocalityEndpoints { Locality = East, Priority = 0, Weight = 1, Endpoints = [Endpoint(1)] },
                new LocalityEndpoints { Locality = East, Priority = 1, Weight = 0, Endpoints = [Endpoint(2)] },
                new LocalityEndpoints { Locality = West, Priority = 1, Weight = 5, Endpoints = [Endpoint(3)] }),
            LocalityWeighted)!;

        Assert.Equal([1], PickMany(set, 10).Keys);
        Assert.Equal(3, set.Pick([set.Pick([])]).Port());
    }

    [Fact]
    public void Pick_HalfOfTheFirstLevelHealthy_SpillsThirtyPercent()
    {
        var set = AllOf(Assignment(Level(0, healthy: 5, degraded: 0, unhealthy: 5), Level(1, healthy: 2, degraded: 0, unhealthy: 0)))!;

        var counts = PickMany(set, 1000);

        Assert.Equal((700, 300), (counts.Where(pair => pair.Key < 1000).Sum(pair => pair.Value), counts.Where(pair => pair.Key >= 1000).Sum(pair => pair.Value)));
        Assert.DoesNotContain(counts.Keys, port => port is >= 5 and < 1000);
    }

    [Fact]
    public void Pick_PriorityNumbersWithGaps_AreTakenInOrder()
    {
        var set = AllOf(Assignment(Level(7, Endpoint(7)), Level(3, Endpoint(3))))!;

        Assert.Equal([3], PickMany(set, 10).Keys);
    }

    [Fact]
    public void Pick_TooFewHealthy_PanicUsesAll()
    {
        var set = AllOf(Assignment(Level(0, healthy: 1, degraded: 0, unhealthy: 9)))!;

        Assert.Equal(10, PickMany(set, 100).Count);
    }

    [Fact]
    public void Pick_PanicSwitchedOff_UsesTheHealthyOne()
    {
        var set = AllOf(Assignment(Level(0, healthy: 1, degraded: 0, unhealthy: 9)), new ClusterConfig { Name = "c", HealthyPanicThreshold = 0 })!;

        Assert.Equal([0], PickMany(set, 100).Keys);
    }

    [Fact]
    public void Pick_HealthyAndDegraded_DegradedOnlyWhereNobodyIsHealthy()
    {
        var mixed = AllOf(Assignment(Level(0, healthy: 1, degraded: 3, unhealthy: 0)))!;
        var degraded = AllOf(Assignment(Level(0, healthy: 0, degraded: 3, unhealthy: 1)))!;

        Assert.Equal([0], PickMany(mixed, 100).Keys);
        Assert.Equal([0, 1, 2], PickMany(degraded, 100).Keys);
    }

    [Fact]
    public void Select_NoEndpoints_Null()
    {
        Assert.Null(AllOf(Assignment()));
        Assert.Null(AllOf(Assignment(Level(0))));
        Assert.Null(AllOf(Assignment(Level(0, 0, 0, 3)), new ClusterConfig { Name = "c", HealthyPanicThreshold = 0 }));
    }

    [Fact]
    public void Pick_WeightsBeyond32BitsInSum_AreServed()
    {
        var set = AllOf(Assignment(
            new LocalityEndpoints { Locality = East, Endpoints = [Endpoint(1, weight: uint.MaxValue)] },
            new LocalityEndpoints { Locality = West, Endpoints = [Endpoint(2, weight: uint.MaxValue)] }))!;

        Assert.Equal(new SortedDictionary<int, int> { [1] = 50, [2] = 50 }, PickMany(set, 100));
    }

    [Fact]
    public void Pick_EveryEndpointTried_Null()
    {
        var set = AllOf(Assignment(Level(0, Endpoint(1)), Level(1, Endpoint(2))))!;

        Assert.Null(set.Pick(set.Endpoints.AsSpan()));
    }

    [Fact]
    public void Pick_SomeTried_ReturnsAnother() =>
        Prop.ForAll(
            Gen.Choose(1, 9).ArrayOf(5).ToArbitrary(), Gen.Choose(0, 3).ArrayOf(5).ToArbitrary(), Gen.Choose(0, 31).ToArbitrary(),
            (weights, priorities, triedBits) =>
            {
                var set = AllOf(Assignment([.. weights.Select((weight, i) => Level((uint)priorities[i], Endpoint(i + 1, (uint)weight)))]))!;
                var tried = set.Endpoints.Where((_, i) => (triedBits >> i & 1) == 1).ToArray();

                var pick = set.Pick(tried);

                Assert.DoesNotContain(pick, tried);
                Assert.Equal(tried.Length == 5, pick is null);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Pick_AllocatesNothing()
    {
        var set = AllOf(
            Assignment(
                new LocalityEndpoints { Locality = East, Weight = 3, Endpoints = [Endpoint(1, 2), Endpoint(2, 3)] },
                new LocalityEndpoints { Locality = West, Weight = 1, Endpoints = [Endpoint(3)] }),
            LocalityWeighted)!;
        UpstreamEndpoint?[] tried = [set.Pick([])];

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            set.Pick([]);
            set.Pick(tried);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
