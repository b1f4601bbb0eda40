using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Health;

namespace Zoneway.SniRouter.Tests.Clusters.Health;

/// <summary>When endpoints are ejected and let back in; by the rules of Envoy's outlier detection.</summary>
public sealed class OutlierDetectorTests
{
    private const EndpointHealth Healthy = EndpointHealth.Healthy;
    private const EndpointHealth Unhealthy = EndpointHealth.Unhealthy;

    private static readonly OutlierDetectionConfig Defaults = new() { MaxEjectionPercent = 100 };

    [Fact]
    public async Task FailuresInARow_AtTheThreshold_Eject()
    {
        using var cluster = Start(Defaults, endpoints: 3);

        Fail(cluster.StateOf(0), times: 4);
        cluster.StateOf(0).Connected();
        Fail(cluster.StateOf(0), times: 4);
        Assert.Equal([Healthy, Healthy, Healthy], cluster.Health);
        Fail(cluster.StateOf(0), times: 1);

        await cluster.ExpectAsync(Unhealthy, Healthy, Healthy);
        Assert.Equal(EndpointHealthFlags.FailedOutlierCheck, cluster.StateOf(0).Flags);
        Assert.Equal((1L, 1L, 1), (cluster.Stats.Ejections, cluster.Stats.Enforced(EjectionCause.Consecutive5xx), cluster.State.Health!.ActiveEjections));
        Assert.Equal("Cluster c: endpoint 127.0.0.1:1 is ejected for 30 s (consecutive_5xx).", Assert.Single(cluster.Log).Message);
    }

    [Fact]
    public async Task Ejected_ComesBackAtTheFirstSweepAfterItsTime()
    {
        using var cluster = Start(Defaults, endpoints: 2);
        Fail(cluster.StateOf(0), times: 5);
        await cluster.ExpectAsync(Unhealthy, Healthy);

        cluster.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, cluster.State.Health!.ActiveEjections);
        cluster.Time.Advance(TimeSpan.FromSeconds(1));

        await cluster.ExpectAsync(Healthy, Healthy);
        Assert.Equal([810, 811], cluster.Log.Select(record => record.EventId));
    }

    [Fact]
    public void EjectedAgainAndAgain_StaysOutLongerUpToTheLongestTime()
    {
        using var cluster = Start(Defaults with { MaxEjectionTime = TimeSpan.FromSeconds(80) }, endpoints: 2);

        foreach (var seconds in new[] { 30, 60, 80, 80 })
        {
            Fail(cluster.StateOf(0), times: 5);
            // Sweeps come every ten seconds; the last of them lets it in.
            cluster.Time.Advance(TimeSpan.FromSeconds(seconds - 10));
            Assert.Equal(1, cluster.State.Health!.ActiveEjections);
            cluster.Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(0, cluster.State.Health.ActiveEjections);
        }
    }

    [Fact]
    public void LongAfterAnEjection_ItIsForgotten()
    {
        using var cluster = Start(Defaults, endpoints: 2);
        Fail(cluster.StateOf(0), times: 5);
        cluster.Time.Advance(TimeSpan.FromSeconds(40));

        Fail(cluster.StateOf(0), times: 5);
        cluster.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal((2L, 0), (cluster.Stats.Ejections, cluster.State.Health!.ActiveEjections));
    }

    [Theory]
    [InlineData(0u, 0, 3)]
    [InlineData(10u, 1, 2)]
    [InlineData(50u, 2, 1)]
    [InlineData(100u, 3, 0)]
    public void MaxEjectionPercent_MoreThanAllowed_Overflow(uint percent, int ejected, int overflows)
    {
        using var cluster = Start(Defaults with { MaxEjectionPercent = percent, ConsecutiveGatewayFailure = 1000 }, endpoints: 3);

        for (var i = 0; i < 3; i++)
        {
            Fail(cluster.StateOf(i), times: 5);
        }

        Assert.Equal((ejected, (long)overflows), (cluster.State.Health!.ActiveEjections, cluster.Stats.EjectionOverflows));
    }

    [Fact]
    public void NotEnforced_IsDetectedOnly()
    {
        using var cluster = Start(Defaults with { EnforcingConsecutive5xx = 0 }, endpoints: 2);

        Fail(cluster.StateOf(0), times: 10);

        // Two series of five. Gateway failures, which these are too, are not enforced by default.
        Assert.Equal((2L, 2L, 0L), (cluster.Stats.Detected(EjectionCause.Consecutive5xx), cluster.Stats.Detected(EjectionCause.ConsecutiveGatewayFailure), cluster.Stats.Ejections));
        Assert.Equal(EndpointHealthFlags.None, cluster.StateOf(0).Flags);
    }

    [Fact]
    public void Split_ConnectFailures_AreAMatterOfTheirOwn()
    {
        using var cluster = Start(Defaults with { SplitsLocalOrigin = true, ConsecutiveLocalOriginFailure = 3, Consecutive5xx = 2 }, endpoints: 2);

        Fail(cluster.StateOf(0), times: 2);
        cluster.StateOf(0).ReportResponse(500);
        cluster.StateOf(0).Connected();
        Fail(cluster.StateOf(0), times: 2);
        Assert.Equal(0, cluster.Stats.Ejections);
        cluster.StateOf(0).ReportNoResponse();

        Assert.Equal(1, cluster.Stats.Enforced(EjectionCause.ConsecutiveLocalOriginFailure));
    }

    [Fact]
    public void Http_ServerErrorsInARow_EjectWhateverConnectionsTheyComeOver()
    {
        using var cluster = Start(Defaults with { Consecutive5xx = 3 }, endpoints: 2);

        foreach (var status in new[] { 500, 503, 404, 500, 599 })
        {
            cluster.StateOf(0).Connected(answersFollow: true);
            cluster.StateOf(0).ReportResponse(status);
        }

        Assert.Equal(0, cluster.Stats.Ejections);
        cluster.StateOf(0).ReportResponse(500);

        Assert.Equal(1, cluster.Stats.Enforced(EjectionCause.Consecutive5xx));
    }

    [Fact]
    public void Http_GatewayErrors_AreInterruptedByOtherErrors()
    {
        using var cluster = Start(Defaults with { Consecutive5xx = 100, ConsecutiveGatewayFailure = 3, EnforcingConsecutiveGatewayFailure = 100 }, endpoints: 2);

        foreach (var status in new[] { 502, 503, 500, 504, 502 })
        {
            cluster.StateOf(0).ReportResponse(status);
        }

        Assert.Equal(0, cluster.Stats.Ejections);
        cluster.StateOf(0).ReportResponse(503);

        Assert.Equal(1, cluster.Stats.Enforced(EjectionCause.ConsecutiveGatewayFailure));
    }

    [Fact]
    public async Task SuccessRate_FarBelowTheMean_Ejects()
    {
        using var cluster = Start(Defaults with { Consecutive5xx = 1000, SuccessRate = new() { MinimumHosts = 5, RequestVolume = 10 } }, endpoints: 6);
        for (var i = 0; i < 6; i++)
        {
            Answer(cluster.StateOf(i), good: i == 2 ? 5 : 10, bad: i == 2 ? 5 : 0);
        }

        cluster.Time.Advance(TimeSpan.FromSeconds(10));

        await cluster.ExpectAsync(Healthy, Healthy, Unhealthy, Healthy, Healthy, Healthy);
        Assert.Equal(1, cluster.Stats.Enforced(EjectionCause.SuccessRate));
        // Rates are those of one interval: the next one has none.
        cluster.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, cluster.Stats.Detected(EjectionCause.SuccessRate));
    }

    [Fact]
    public void SuccessRate_TooFewEndpointsWithEnoughVolume_EjectsNone()
    {
        using var cluster = Start(Defaults with { Consecutive5xx = 1000, SuccessRate = new() { MinimumHosts = 5, RequestVolume = 10 } }, endpoints: 6);
        for (var i = 0; i < 6; i++)
        {
            Answer(cluster.StateOf(i), good: i < 2 ? 0 : 10, bad: i < 2 ? 9 : 0);
        }

        cluster.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, cluster.Stats.Detected(EjectionCause.SuccessRate));
    }

    [Theory]
    [InlineData(16, 84, 0)]
    [InlineData(15, 85, 1)]
    public void FailurePercentage_AtTheThreshold_Ejects(int good, int bad, int ejections)
    {
        var config = Defaults with
        {
            SplitsLocalOrigin = true,
            ConsecutiveLocalOriginFailure = 1000,
            SuccessRate = new() { EnforcingLocalOrigin = 0 },
            FailurePercentage = new() { EnforcingLocalOrigin = 100, MinimumHosts = 1, RequestVolume = 100 },
        };
        using var cluster = Start(config, endpoints: 1);
        Fail(cluster.StateOf(0), bad);
        for (var i = 0; i < good; i++)
        {
            cluster.StateOf(0).Connected();
        }

        cluster.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(ejections, cluster.Stats.Enforced(EjectionCause.LocalOriginFailurePercentage));
    }

    [Fact]
    public async Task DetectionVanishes_EjectedEndpointsAreBack()
    {
        using var cluster = Start(Defaults, endpoints: 2);
        var state = cluster.StateOf(0);
        Fail(state, times: 5);
        await cluster.ExpectAsync(Unhealthy, Healthy);

        cluster.State.Update(WatchedCluster.ConfigOf());

        Assert.Equal([Healthy, Healthy], cluster.Health);
        Assert.Equal((null, 0, 0), (state.Outlier, cluster.State.Health!.ActiveEjections, cluster.Time.RunningTimers));
        Fail(state, times: 5);
        Assert.Equal(EndpointHealthFlags.None, state.Flags);
    }

    [Fact]
    public async Task OtherEndpointsAndSettings_EjectedEndpointStaysOut()
    {
        using var cluster = Start(Defaults, endpoints: 2);
        Fail(cluster.StateOf(1), times: 5);
        await cluster.ExpectAsync(Healthy, Unhealthy);

        cluster.Update(WatchedCluster.ConfigOf() with { OutlierDetection = Defaults with { Interval = TimeSpan.FromSeconds(1), BaseEjectionTime = TimeSpan.FromSeconds(5) } }, Address(1), Address(2), Address(3));
        Assert.Equal([Healthy, Unhealthy, Healthy], cluster.Health);
        cluster.Time.Advance(TimeSpan.FromSeconds(5));

        await cluster.ExpectAsync(Healthy, Healthy, Healthy);
    }

    [Fact]
    public void EndpointHasGone_WhatItsConnectionsReportEjectsNobody()
    {
        using var cluster = Start(Defaults, endpoints: 2);
        var gone = cluster.StateOf(0);
        var late = gone.Outlier!;
        cluster.Update(WatchedCluster.ConfigOf() with { OutlierDetection = Defaults }, Address(2));

        Fail(gone, times: 5);
        late.LocalFailure();

        Assert.Equal((null, EndpointHealthFlags.None, 0L, 0L), (gone.Outlier, gone.Flags, cluster.Stats.Ejections, cluster.Stats.Detected(EjectionCause.Consecutive5xx)));
    }

    [Fact]
    public async Task EndpointsThatAreLeftCannotBeArranged_IsSaidAndTheProcessGoesOn()
    {
        using var cluster = new WatchedCluster();
        cluster.State.Update(WatchedCluster.ConfigOf() with { OutlierDetection = Defaults, HealthyPanicThreshold = 0 });
        // No control plane gets so far: a weight is at least 1.
        cluster.State.Update(TestEndpoints.Assignment(TestEndpoints.Level(
            0, TestEndpoints.Endpoint(1), TestEndpoints.Endpoint(2, weight: 0, EndpointHealth.Degraded), TestEndpoints.Endpoint(3, weight: 0, EndpointHealth.Degraded))));

        Fail(cluster.StateOf(0), times: 5);

        await TestUtilities.Eventually.TrueAsync(() => cluster.Log.Any(record => record.EventId == 802));
        Assert.Equal(Healthy, cluster.Health.First());
    }

    [Fact]
    public async Task CheckPasses_EjectedEndpointIsBack()
    {
        using var upstream = new TestUtilities.ScriptedUpstream();
        using var cluster = new WatchedCluster();
        cluster.Update(WatchedCluster.ConfigOf(WatchedCluster.ConnectCheck) with { OutlierDetection = Defaults }, upstream.Address);
        await cluster.ExpectAsync(Healthy);
        Fail(cluster.StateOf(0), times: 5);
        await cluster.ExpectAsync(Unhealthy);

        await cluster.Time.ArmedAsync(dueTime => dueTime == WatchedCluster.Interval && cluster.Stats.Successes == 1);
        cluster.Time.Advance(WatchedCluster.Interval);

        await cluster.ExpectAsync(Healthy);
    }

    [Fact]
    public void NoDetection_ReportsCostNothing()
    {
        using var cluster = new WatchedCluster();
        cluster.Update(WatchedCluster.ConfigOf(), Address(1));

        Fail(cluster.StateOf(0), times: 1000);
        cluster.StateOf(0).ReportResponse(500);

        Assert.Null(cluster.State.Health);
        Assert.Equal([Healthy], cluster.Health);
    }

    [Fact]
    public async Task ManyThreads_ReportAtOnce_OneEjectionEach()
    {
        using var cluster = Start(Defaults, endpoints: 4);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 4; i++)
            {
                Fail(cluster.StateOf(i), times: 100);
            }
        })));

        await cluster.ExpectAsync(Unhealthy, Unhealthy, Unhealthy, Unhealthy);
        Assert.Equal((4L, 0L), (cluster.Stats.Ejections, cluster.Stats.EjectionOverflows));
    }

    private static WatchedCluster Start(OutlierDetectionConfig config, int endpoints)
    {
        var cluster = new WatchedCluster();
        cluster.Update(WatchedCluster.ConfigOf() with { OutlierDetection = config }, [.. Enumerable.Range(1, endpoints).Select(Address)]);
        return cluster;
    }

    private static IPEndPoint Address(int port) => new(IPAddress.Loopback, port);

    private static void Fail(EndpointState endpoint, int times)
    {
        for (var i = 0; i < times; i++)
        {
            endpoint.ConnectFailed();
        }
    }

    private static void Answer(EndpointState endpoint, int good, int bad)
    {
        for (var i = 0; i < good + bad; i++)
        {
            endpoint.ReportResponse(i < bad ? 500 : 200);
        }
    }
}
