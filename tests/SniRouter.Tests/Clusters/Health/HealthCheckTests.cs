using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.TestUtilities;
using static Zoneway.SniRouter.Tests.Clusters.Health.WatchedCluster;

namespace Zoneway.SniRouter.Tests.Clusters.Health;

/// <summary>What follows from the answers to checks, and when the next one comes.</summary>
public sealed class HealthCheckTests
{
    private const EndpointHealth Healthy = EndpointHealth.Healthy;
    private const EndpointHealth Unhealthy = EndpointHealth.Unhealthy;

    [Fact]
    public async Task NewEndpoint_IsUnhealthyUntilItsFirstCheckPasses()
    {
        using var upstream = new ScriptedUpstream();
        using var cluster = new WatchedCluster();

        cluster.Update(ConfigOf(PingCheck), upstream.Address);
        Assert.Equal([Unhealthy], cluster.Health);
        await PassAsync(upstream);

        await cluster.ExpectAsync(Healthy);
        Assert.Equal((1L, 1L, 0L), (cluster.Stats.Attempts, cluster.Stats.Successes, cluster.Stats.Failures));
        Assert.Equal(800, Assert.Single(cluster.Log).EventId);
    }

    [Fact]
    public async Task NewEndpoint_FirstCheckFails_IsSaidOnce()
    {
        using var refusing = new RefusingEndpoint();
        using var cluster = new WatchedCluster();

        cluster.Update(ConfigOf(ConnectCheck), refusing.Address);
        await cluster.NextCheckAsync();
        await cluster.NextCheckAsync();

        await cluster.Time.ArmedAsync(dueTime => dueTime == Interval);
        Assert.Equal((3L, 3L), (cluster.Stats.Failures, cluster.Stats.NetworkFailures));
        Assert.Equal([Unhealthy], cluster.Health);
        Assert.Equal("Cluster c: endpoint " + refusing.Address + " is unhealthy: connection refused or unreachable.", Assert.Single(cluster.Log).Message);
    }

    [Fact]
    public async Task Thresholds_SoManyInARow_ChangeHealth()
    {
        using var upstream = new ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.Update(ConfigOf(PingCheck), upstream.Address);
        await PassAsync(upstream);

        foreach (var (passes, expected) in new[]
        {
            (false, Healthy), (true, Healthy), (false, Healthy), (false, Unhealthy), (true, Unhealthy), (false, Unhealthy), (true, Unhealthy), (true, Healthy),
        })
        {
            await cluster.NextCheckAsync();
            var before = cluster.Stats.Attempts;
            await (passes ? PassAsync(upstream) : FailAsync(upstream));
            await Eventually.TrueAsync(() => cluster.Stats.Attempts == before + 1);
            await cluster.ExpectAsync(expected);
        }

        Assert.Equal([800, 801, 800], cluster.Log.Select(record => record.EventId));
    }

    [Fact]
    public async Task NameMoves_EndpointIsTheSameAndItsNewAddressIsAsked()
    {
        using var refusing = new RefusingEndpoint();
        using var before = new ScriptedUpstream();
        using var after = new ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.State.Update(ConfigOf(PingCheck));
        cluster.State.Update(Resolved(refusing.Address, before.Address));
        await PassAsync(before);
        await cluster.ExpectAsync(Healthy);

        cluster.State.Update(Resolved(after.Address));
        Assert.Equal([Healthy], cluster.Health);
        await cluster.NextCheckAsync();
        await PassAsync(after);

        await Eventually.TrueAsync(() => cluster.Stats.Successes == 2);
        Assert.Equal([Healthy], cluster.Health);
    }

    [Fact]
    public async Task NameMovesWhileItIsAsked_TheCheckEndsAllTheSame()
    {
        using var silent = new ScriptedUpstream();
        using var other = new ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.State.Update(ConfigOf(PingCheck));
        cluster.State.Update(Resolved(silent.Address, other.Address));
        using var connection = await silent.AcceptAsync();
        Assert.Equal("PING", await connection.ReceiveTextAsync(4));

        cluster.Time.Advance(CheckTimeout / 2);
        cluster.State.Update(Resolved(other.Address, silent.Address));
        cluster.Time.Advance(CheckTimeout / 2);

        await Eventually.TrueAsync(() => cluster.Stats.NetworkFailures == 1);
        Assert.False(other.HasConnection);
    }

    [Fact]
    public async Task OneAddressTwice_BothAreHealthyWhenItsCheckPasses()
    {
        using var upstream = new ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.State.Update(ConfigOf(PingCheck));

        cluster.State.Update(TestEndpoints.Assignment(TestEndpoints.Level(
            0, TestEndpoints.Endpoint(upstream.Address.Port, tags: ("version", "v1")), TestEndpoints.Endpoint(upstream.Address.Port, tags: ("version", "v2")))));
        await PassAsync(upstream);

        await cluster.ExpectAsync(Healthy, Healthy);
    }

    [Fact]
    public async Task NoAnswerInTime_Fails()
    {
        using var upstream = new ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.Update(ConfigOf(PingCheck), upstream.Address);
        using var connection = await upstream.AcceptAsync();
        await cluster.Time.ArmedAsync(dueTime => dueTime == CheckTimeout);

        cluster.Time.Advance(CheckTimeout);

        await Eventually.TrueAsync(() => cluster.Stats.NetworkFailures == 1);
        await Eventually.TrueAsync(() => cluster.Log.Count == 1);
        Assert.EndsWith("is unhealthy: timeout.", cluster.Log.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChecksComeToEndpointsThatServe_TheyStayHealthyUntilTheyFail()
    {
        using var upstream = new ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.Update(ConfigOf(), upstream.Address);

        cluster.State.Update(ConfigOf(PingCheck));
        await FailAsync(upstream);
        await cluster.Time.ArmedAsync(dueTime => dueTime == Interval);
        Assert.Equal(1, cluster.Stats.Failures);
        Assert.Equal([Healthy], cluster.Health);
        cluster.Time.Advance(Interval);
        await FailAsync(upstream);

        await cluster.ExpectAsync(Unhealthy);
    }

    [Fact]
    public async Task ChecksVanish_EndpointsAreHealthyAndNothingRuns()
    {
        using var refusing = new RefusingEndpoint();
        using var cluster = new WatchedCluster();
        cluster.Update(ConfigOf(ConnectCheck), refusing.Address);
        await cluster.Time.ArmedAsync(dueTime => dueTime == Interval);
        Assert.Equal([Unhealthy], cluster.Health);

        cluster.State.Update(ConfigOf());

        Assert.Equal([Healthy], cluster.Health);
        await Eventually.TrueAsync(() => cluster.Time.RunningTimers == 0);
    }

    [Fact]
    public async Task Endpoints_ComeAndGo_OthersAreLeftAlone()
    {
        using var first = new ScriptedUpstream();
        using var second = new ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.Update(ConfigOf(PingCheck), first.Address);
        await PassAsync(first);
        await cluster.ExpectAsync(Healthy);

        cluster.State.Update(AssignmentOf(second.Address, first.Address));
        Assert.Equal([Unhealthy, Healthy], cluster.Health);
        await PassAsync(second);
        await cluster.ExpectAsync(Healthy, Healthy);
        Assert.False(first.HasConnection);

        cluster.State.Update(AssignmentOf());
        await Eventually.TrueAsync(() => cluster.Time.RunningTimers == 0);
    }

    [Fact]
    public async Task Closed_NothingRuns()
    {
        using var upstream = new ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.Update(ConfigOf(PingCheck) with { OutlierDetection = new() }, upstream.Address);
        using var connection = await upstream.AcceptAsync();

        cluster.State.Close();

        await Eventually.TrueAsync(() => cluster.Time.RunningTimers == 0);
        Assert.Equal(0, cluster.Stats.Attempts);
    }

    [Fact]
    public async Task NoTrafficYet_ChecksAreFarther()
    {
        using var refusing = new RefusingEndpoint();
        using var cluster = new WatchedCluster();
        cluster.Update(ConfigOf(ConnectCheck with { NoTrafficInterval = TimeSpan.FromSeconds(77) }), refusing.Address);
        await cluster.Time.ArmedAsync(dueTime => dueTime == TimeSpan.FromSeconds(77));

        cluster.State.Stats.Connected();
        cluster.Time.Advance(TimeSpan.FromSeconds(77));

        await cluster.Time.ArmedAsync(dueTime => dueTime == Interval);
    }

    [Fact]
    public async Task ChangedCheck_BeginsAtOnceAndKeepsWhatIsKnown()
    {
        using var upstream = new ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.Update(ConfigOf(PingCheck), upstream.Address);
        await PassAsync(upstream);
        await cluster.ExpectAsync(Healthy);

        cluster.State.Update(ConfigOf(PingCheck with { UnhealthyThreshold = 1 }));
        Assert.Equal([Healthy], cluster.Health);
        await FailAsync(upstream);

        await cluster.ExpectAsync(Unhealthy);
    }

    [Fact]
    public async Task Port_IsAskedInsteadOfTheEndpoints()
    {
        using var refusing = new RefusingEndpoint();
        using var upstream = new ScriptedUpstream();
        using var cluster = new WatchedCluster();

        cluster.Update(ConfigOf(PingCheck with { Port = upstream.Address.Port }), refusing.Address);
        await PassAsync(upstream);

        await cluster.ExpectAsync(Healthy);
    }

    [Fact]
    public async Task EveryEndpointFails_PanicUsesAllAndNoPanicNone()
    {
        using var first = new RefusingEndpoint();
        using var second = new RefusingEndpoint();
        using var cluster = new WatchedCluster();
        cluster.Update(ConfigOf(ConnectCheck), first.Address, second.Address);

        Assert.NotNull(cluster.State.Current!.Select(EndpointMetadata.Empty)!.Pick([]));
        cluster.State.Update(ConfigOf(ConnectCheck) with { HealthyPanicThreshold = 0 });

        Assert.Null(cluster.State.Current!.Select(EndpointMetadata.Empty));
        await cluster.Time.ArmedAsync(dueTime => dueTime == Interval);
    }

    [Fact]
    public async Task OneOfTwoFails_TheOtherGetsAll()
    {
        using var refusing = new RefusingEndpoint();
        using var upstream = new ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.Update(ConfigOf(ConnectCheck), refusing.Address, upstream.Address);

        await cluster.ExpectAsync(Unhealthy, Healthy);

        var set = cluster.State.Current!.Select(EndpointMetadata.Empty)!;
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(upstream.Address, set.Pick([])!.Address));
    }

    [Fact]
    public async Task ControlPlaneSaysUnhealthy_ChecksCannotHealIt()
    {
        using var upstream = new ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.State.Update(ConfigOf(ConnectCheck));
        cluster.State.Update(TestEndpoints.Assignment(TestEndpoints.Level(
            0, new EndpointConfig { Address = upstream.Address, Health = EndpointHealth.Degraded }, new EndpointConfig { Address = new IPEndPoint(IPAddress.Loopback, 1), Health = Unhealthy })));

        await cluster.ExpectAsync(EndpointHealth.Degraded, Unhealthy);
    }

    private static LoadAssignment Resolved(params EndPoint[] addresses) => TestEndpoints.Assignment(TestEndpoints.Level(
        0, new EndpointConfig { Address = addresses[0], FurtherAddresses = [.. addresses[1..]], LogicalAddress = new DnsEndPoint("a.test", 80) }));
}
