namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>What outlier detection ejects endpoints for (envoy.data.cluster.v3.OutlierEjectionType).</summary>
public enum EjectionCause
{
    /// <summary>Server errors in a row.</summary>
    Consecutive5xx,

    /// <summary>Gateway errors (502, 503, 504) in a row.</summary>
    ConsecutiveGatewayFailure,

    /// <summary>Failures to connect in a row, where those are counted apart.</summary>
    ConsecutiveLocalOriginFailure,

    /// <summary>A share of good answers far below that of the others.</summary>
    SuccessRate,

    /// <summary>The same of connect attempts.</summary>
    LocalOriginSuccessRate,

    /// <summary>Too large a share of bad answers.</summary>
    FailurePercentage,

    /// <summary>The same of connect attempts.</summary>
    LocalOriginFailurePercentage,
}

/// <summary>The names and settings of the causes.</summary>
internal static class EjectionCauseExtensions
{
    /// <summary>The cause as Envoy's counters name it.</summary>
    public static string Tag(this EjectionCause cause) => cause switch
    {
        EjectionCause.Consecutive5xx => "consecutive_5xx",
        EjectionCause.ConsecutiveGatewayFailure => "consecutive_gateway_failure",
        EjectionCause.ConsecutiveLocalOriginFailure => "consecutive_local_origin_failure",
        EjectionCause.SuccessRate => "success_rate",
        EjectionCause.LocalOriginSuccessRate => "local_origin_success_rate",
        EjectionCause.FailurePercentage => "failure_percentage",
        _ => "local_origin_failure_percentage",
    };

    /// <summary>How often the cause ejects, in percent.</summary>
    public static uint Enforcing(this EjectionCause cause, OutlierDetectionConfig config) => cause switch
    {
        EjectionCause.Consecutive5xx => config.EnforcingConsecutive5xx,
        EjectionCause.ConsecutiveGatewayFailure => config.EnforcingConsecutiveGatewayFailure,
        EjectionCause.ConsecutiveLocalOriginFailure => config.EnforcingConsecutiveLocalOriginFailure,
        EjectionCause.SuccessRate => config.SuccessRate.Enforcing,
        EjectionCause.LocalOriginSuccessRate => config.SuccessRate.EnforcingLocalOrigin,
        EjectionCause.FailurePercentage => config.FailurePercentage.Enforcing,
        _ => config.FailurePercentage.EnforcingLocalOrigin,
    };
}
