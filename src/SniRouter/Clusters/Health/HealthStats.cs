using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>What is counted of a cluster's health checks and ejections, by Envoy's names (<c>cluster.NAME.health_check.…</c>, <c>cluster.NAME.outlier_detection.…</c>). Safe for any number of threads.</summary>
public sealed class HealthStats
{
    private static readonly int Causes = Enum.GetValues<EjectionCause>().Length;

    private readonly SmallCounters _counters = new((int)Counter.Count + (2 * Causes));

    private enum Counter
    {
        Success, Failure, NetworkFailure, Enforced, Overflow, Count,
    }

    /// <summary>health_check.attempt: checks done.</summary>
    public long Attempts => Successes + Failures;

    /// <summary>health_check.success: checks passed.</summary>
    public long Successes => _counters.Sum((int)Counter.Success);

    /// <summary>health_check.failure: checks failed, for whatever reason.</summary>
    public long Failures => _counters.Sum((int)Counter.Failure);

    /// <summary>health_check.network_failure: of these, the ones without an answer.</summary>
    public long NetworkFailures => _counters.Sum((int)Counter.NetworkFailure);

    /// <summary>outlier_detection.ejections_enforced_total: endpoints ejected, for whatever cause.</summary>
    public long Ejections => _counters.Sum((int)Counter.Enforced);

    /// <summary>outlier_detection.ejections_overflow: ejections left out because as many endpoints as may were out.</summary>
    public long EjectionOverflows => _counters.Sum((int)Counter.Overflow);

    /// <summary>outlier_detection.ejections_detected_CAUSE: how often a cause was there, enforced or not.</summary>
    public long Detected(EjectionCause cause) => _counters.Sum((int)Counter.Count + (int)cause);

    /// <summary>outlier_detection.ejections_enforced_CAUSE: endpoints ejected for it.</summary>
    public long Enforced(EjectionCause cause) => _counters.Sum((int)Counter.Count + Causes + (int)cause);

    internal void Checked(HealthCheckStatus status)
    {
        if (status == HealthCheckStatus.Passed)
        {
            _counters.Add((int)Counter.Success, 1);
            return;
        }

        _counters.Add((int)Counter.Failure, 1);
        if (status == HealthCheckStatus.Unreachable)
        {
            _counters.Add((int)Counter.NetworkFailure, 1);
        }
    }

    internal void CauseSeen(EjectionCause cause) => _counters.Add((int)Counter.Count + (int)cause, 1);

    internal void Ejected(EjectionCause cause)
    {
        _counters.Add((int)Counter.Enforced, 1);
        _counters.Add((int)Counter.Count + Causes + (int)cause, 1);
    }

    internal void Overflowed() => _counters.Add((int)Counter.Overflow, 1);
}
