namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>Times of the control plane as timers can run them.</summary>
internal static class HealthTimes
{
    // What a timer takes at least and at most.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    /// <summary>The time, brought inside what a timer can run.</summary>
    public static TimeSpan Bounded(TimeSpan time) => time < Shortest ? Shortest : time < Longest ? time : Longest;

    /// <summary>A random time below a bound; zero where that is zero.</summary>
    public static TimeSpan Jitter(TimeSpan bound) => bound > TimeSpan.Zero ? Bounded(bound) * Random.Shared.NextDouble() : TimeSpan.Zero;

    /// <summary>Time to the next check of an endpoint (Envoy: <c>HealthCheckerImplBase::interval</c>).</summary>
    /// <param name="config">The check.</param>
    /// <param name="hasTraffic">Whether its cluster has ever had a connection.</param>
    public static TimeSpan Next(HealthCheckConfig config, bool hasTraffic)
    {
        var time = Bounded(hasTraffic ? config.Interval : config.NoTrafficInterval);
        return Bounded(time + Jitter(time * (Math.Min(config.IntervalJitterPercent, 10_000) / 100.0)) + Jitter(config.IntervalJitter));
    }
}
