using Zoneway.SniRouter.Clusters;
using static Zoneway.SniRouter.Tests.Clusters.TestEndpoints;

namespace Zoneway.SniRouter.Tests.Clusters;

public sealed class EndpointAttemptsTests
{
    [Fact]
    public void Next_MoreEndpointsThanAttempts_EachOnceUpToTheLimit()
    {
        var set = AllOf(Assignment(Level(0, [.. Enumerable.Range(1, 20).Select(port => Endpoint(port, weight: (uint)port))])));

        for (int limit = 1; limit <= EndpointAttempts.MaxAttempts; limit++)
        {
            var ports = TakeAll(new EndpointAttempts(set, limit));
            Assert.Equal(limit, ports.Count);
            Assert.Equal(limit, ports.Distinct().Count());
        }
    }

    [Fact]
    public void Next_FewerEndpointsThanAttempts_EachOnceThenNull()
    {
        var ports = TakeAll(new EndpointAttempts(AllOf(Assignment(Level(0, Endpoint(1), Endpoint(2, weight: 9)))), 8));

        Assert.Equal([1, 2], ports.Order());
    }

    [Fact]
    public void Next_FirstLevelUsedUp_SpillsToTheOthersInOrder()
    {
        var set = AllOf(Assignment(Level(2, Endpoint(4)), Level(0, Endpoint(1), Endpoint(2)), Level(1, Endpoint(3))));

        var ports = TakeAll(new EndpointAttempts(set, 8));

        Assert.Equal([1, 2], ports.Take(2).Order());
        Assert.Equal([3, 4], ports.Skip(2));
    }

    [Fact]
    public void Next_OtherLocality_IsTriedBeforeOtherLevels()
    {
        var set = AllOf(
            Assignment(
                new LocalityEndpoints { Locality = East, Weight = 1_000_000, Endpoints = [Endpoint(1)] },
                new LocalityEndpoints { Locality = West, Weight = 1, Endpoints = [Endpoint(2)] },
                new LocalityEndpoints { Locality = West, Weight = 1, Priority = 1, Endpoints = [Endpoint(3)] }),
            new ClusterConfig { Name = "c", LocalityWeighted = true });

        var ports = TakeAll(new EndpointAttempts(set, 3));

        Assert.Equal([1, 2], ports.Take(2).Order());
        Assert.Equal(3, ports[2]);
    }

    [Fact]
    public void Left_EndpointsThatMayNotBePicked_CountForNothing()
    {
        var attempts = new EndpointAttempts(
            AllOf(Assignment(Level(0, healthy: 2, degraded: 1, unhealthy: 3), Level(1, healthy: 0, degraded: 0, unhealthy: 2)), new ClusterConfig { Name = "c", HealthyPanicThreshold = 0 }), 8);

        Assert.Equal(2, attempts.Left);
        attempts.Next();
        attempts.Next();

        Assert.Equal(0, attempts.Left);
        Assert.Null(attempts.Next());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-5, 1)]
    [InlineData(100, EndpointAttempts.MaxAttempts)]
    public void Next_LimitOutOfRange_IsBroughtInside(int limit, int attempts)
    {
        var set = AllOf(Assignment(Level(0, [.. Enumerable.Range(1, 20).Select(port => Endpoint(port))])));

        Assert.Equal(attempts, TakeAll(new EndpointAttempts(set, limit)).Count);
    }

    [Fact]
    public void Next_NoEndpoints_NullAtOnce()
    {
        var attempts = new EndpointAttempts(null, 3);

        Assert.Null(attempts.Next());
        Assert.Equal(0, attempts.Count);
    }

    private static List<int> TakeAll(EndpointAttempts attempts)
    {
        var ports = new List<int>();
        while (attempts.Next() is { } endpoint)
        {
            ports.Add(endpoint.Port());
            Assert.Equal(ports.Count, attempts.Count);
        }

        return ports;
    }
}
