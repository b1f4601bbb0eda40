namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>How a check ended.</summary>
internal enum HealthCheckStatus
{
    /// <summary>The endpoint is well.</summary>
    Passed,

    /// <summary>It answered that it is not (Envoy: an active failure, which needs no threshold).</summary>
    Failed,

    /// <summary>No answer: no connection, one that ended, or too slow (Envoy: a network failure).</summary>
    Unreachable,
}

/// <summary>What came of a check.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Detail">For the operator: what was wrong; empty when nothing was.</param>
internal readonly record struct HealthCheckResult(HealthCheckStatus Status, string Detail)
{
    public static HealthCheckResult Passed { get; } = new(HealthCheckStatus.Passed, "");

    public static HealthCheckResult Failed(string detail) => new(HealthCheckStatus.Failed, detail);

    public static HealthCheckResult Unreachable(string detail) => new(HealthCheckStatus.Unreachable, detail);
}
