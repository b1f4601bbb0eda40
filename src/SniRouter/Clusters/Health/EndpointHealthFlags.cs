namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>Why an endpoint takes no traffic beyond what the control plane says of it. Any of them makes it unhealthy.</summary>
[Flags]
public enum EndpointHealthFlags
{
    /// <summary>Nothing is wrong with it.</summary>
    None = 0,

    /// <summary>It has failed its health checks, or has not passed the first one yet (Envoy: <c>/failed_active_hc</c>).</summary>
    FailedActiveCheck = 1,

    /// <summary>Outlier detection has ejected it (Envoy: <c>/failed_outlier_check</c>).</summary>
    FailedOutlierCheck = 2,
}
