using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Hashing;
using static Zoneway.SniRouter.Tests.Clusters.TestEndpoints;

namespace Zoneway.SniRouter.Tests.Clusters.Hashing;

/// <summary>Clusters that choose endpoints by hash: priorities, health, localities, further attempts.</summary>
public sealed class HashedSelectionTests
{
    private const int Hashes = 4000;

    private static readonly ClusterConfig Ring = new() { Name = "c", ConsistentHash = new RingHashConfig() };
    private static readonly ClusterConfig Maglev = new() { Name = "c", ConsistentHash = new MaglevConfig() };

    public static TheoryData<ClusterConfig> Kinds => new(Ring, Maglev);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pick_SameHash_SameEndpointAlsoAfterAnUpdateThatLeavesTheEndpoints(ClusterConfig config)
    {
        var before = AllOf(Assignment(Level(0, Ports(1, 10))), config)!;
        var after = AllOf(Assignment(Level(0, [.. Ports(1, 10).Reverse()])), config)!;

        Assert.All(SomeHashes, hash => Assert.Equal(before.Pick([], hash).Port(), after.Pick([], hash).Port()));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pick_EndpointFallsIll_OnlyItsHashesGoElsewhere(ClusterConfig config)
    {
        var before = AllOf(Assignment(Level(0, Ports(1, 10))), config)!;
        var after = AllOf(Assignment(Level(0, [Endpoint(1, health: EndpointHealth.Unhealthy), .. Ports(2, 9)])), config)!;

        var moved = SomeHashes.Count(hash => before.Pick([], hash).Port() is not 1 and var port && after.Pick([], hash).Port() != port);

        Assert.DoesNotContain(1, SomeHashes.Select(hash => after.Pick([], hash).Port()));
        Assert.InRange(moved, 0, Hashes * 4 / 100);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pick_EndpointDidNotAnswer_TheNextOneIsTheSameForTheSameHash(ClusterConfig config)
    {
        var set = AllOf(Assignment(Level(0, Ports(1, 10))), config)!;

        foreach (var hash in SomeHashes.Take(200))
        {
            var first = new EndpointAttempts(set, 8, hash);
            var second = new EndpointAttempts(set, 8, hash);
            var ports = Enumerable.Range(0, 8).Select(_ => first.Next().Port()).ToList();

            Assert.Equal(8, ports.Distinct().Count());
            Assert.Equal(ports, Enumerable.Range(0, 8).Select(_ => second.Next().Port()));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pick_EveryEndpointTried_Null(ClusterConfig config)
    {
        var attempts = new EndpointAttempts(AllOf(Assignment(Level(0, Endpoint(1), Endpoint(2, weight: uint.MaxValue))), config), 8, 42);

        Assert.Equal([1, 2], new[] { attempts.Next().Port(), attempts.Next().Port() }.Order());
        Assert.Null(attempts.Next());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pick_NoHash_FollowsTheWeightsAtRandom(ClusterConfig config)
    {
        var set = AllOf(Assignment(Level(0, Endpoint(1, weight: 1), Endpoint(2, weight: 4))), config)!;

        var counts = PickMany(set, 10_000);

        Assert.InRange(counts[1], 1_600, 2_400);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pick_HalfOfTheFirstLevelHealthy_ThirtyPercentOfTheHashesSpill(ClusterConfig config)
    {
        var set = AllOf(Assignment(Level(0, healthy: 5, degraded: 0, unhealthy: 5), Level(1, healthy: 2, degraded: 0, unhealthy: 0)), config)!;

        var spilled = SomeHashes.Count(hash => set.Pick([], hash).Port() >= 1000);

        Assert.InRange(spilled, Hashes * 27 / 100, Hashes * 33 / 100);
        Assert.All(SomeHashes.Take(100), hash => Assert.Equal(set.Pick([], hash).Port(), set.Pick([], hash).Port()));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pick_LocalityWeights_AreTheSharesOfTheirEndpoints(ClusterConfig config)
    {
        var set = AllOf(
            Assignment(
                new LocalityEndpoints { Locality = East, Weight = 80, Endpoints = [Endpoint(1)] },
                new LocalityEndpoints { Locality = West, Weight = 20, Endpoints = [.. Ports(2, 4)] }),
            config with { LocalityWeighted = true })!;

        Assert.InRange(SomeHashes.Count(hash => set.Pick([], hash).Port() == 1), Hashes * 74 / 100, Hashes * 86 / 100);
    }

    [Fact]
    public void Pick_ClusterThatTakesTurns_HashMeansNothing()
    {
        var set = AllOf(Assignment(Level(0, Ports(1, 4))))!;

        Assert.Equal([1, 2, 3, 4], Enumerable.Range(0, 4).Select(_ => set.Pick([], hash: 7).Port()).Order());
    }

    [Fact]
    public void Pick_KeyInTheMetadata_StandsForTheAddress()
    {
        var before = AllOf(Assignment(Level(0, [.. Enumerable.Range(1, 5).Select(i => Endpoint(i, tags: ("hash_key", $"pod-{i}")))])), Ring)!;
        var after = AllOf(Assignment(Level(0, [.. Enumerable.Range(1, 5).Select(i => Endpoint(i + 100, tags: ("hash_key", $"pod-{i}")))])), Ring)!;

        Assert.All(SomeHashes, hash => Assert.Equal(before.Pick([], hash).Port() + 100, after.Pick([], hash).Port()));
    }

    [Fact]
    public void Pick_NameThatMoves_KeepsItsHashes()
    {
        EndpointConfig Named(string name, int port) => new() { Address = new IPEndPoint(IPAddress.Loopback, port), LogicalAddress = new DnsEndPoint(name, 80) };
        var before = AllOf(Assignment(Level(0, Named("a.test", 1), Named("b.test", 2))), Ring)!;
        var after = AllOf(Assignment(Level(0, Named("a.test", 3), Named("b.test", 4))), Ring)!;

        Assert.All(SomeHashes, hash => Assert.Equal(before.Pick([], hash).Port() + 2, after.Pick([], hash).Port()));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pick_AllocatesNothing(ClusterConfig config)
    {
        var set = AllOf(Assignment(Level(0, Ports(1, 50)), Level(1, Ports(100, 3))), config)!;
        set.Pick([], 1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong hash = 0; hash < 1000; hash++)
        {
            var first = set.Pick([], hash * 0x9E3779B97F4A7C15);
            set.Pick([first], hash * 0x9E3779B97F4A7C15);
            set.Pick([]);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Pick_ManyThreadsWhileEndpointsComeAndGo_AlwaysOneOfThem()
    {
        var state = new ClusterState("c");
        state.Update(Ring);
        state.Update(Assignment(Level(0, Ports(1, 4))));
        using var stop = new CancellationTokenSource();
        var picking = Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            for (ulong i = 0; !stop.IsCancellationRequested; i++)
            {
                Assert.NotNull(state.Current!.Select(EndpointMetadata.Empty)!.Pick([], XxHash64.Of(BitConverter.GetBytes(i + (ulong)seed))));
            }
        })).ToArray();

        for (var i = 0; i < 200; i++)
        {
            state.Update(Assignment(Level(0, Ports(1 + (i % 7), 3))));
        }

        await stop.CancelAsync();
        await Task.WhenAll(picking);
    }

    private static EndpointConfig[] Ports(int first, int count) => [.. Enumerable.Range(first, count).Select(port => Endpoint(port))];

    private static IEnumerable<ulong> SomeHashes => Enumerable.Range(0, Hashes).Select(i => XxHash64.Of(BitConverter.GetBytes(i)));
}
