namespace Zoneway.SniRouter.Clusters;

/// <summary>When an endpoint is left out for a while because of what happens on its connections (envoy.config.cluster.v3.OutlierDetection). Default values are Envoy's.</summary>
public sealed record OutlierDetectionConfig
{
    /// <summary>Time between two rounds of judging rates and of letting endpoints back in. Default 10 s; above zero.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for which an endpoint is ejected, times the number of its ejections in a row. Default 30 s; above zero.</summary>
    public TimeSpan BaseEjectionTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time of one ejection. Default 300 s, and at least <see cref="BaseEjectionTime"/>.</summary>
    public TimeSpan MaxEjectionTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Largest share of the endpoints that is out at a time, in percent. Default 10; above 0 one may always be out.</summary>
    public uint MaxEjectionPercent { get; init; } = 10;

    /// <summary>Whether failures to connect are counted apart from what the endpoint answers. Where not, both count as answers.</summary>
    public bool SplitsLocalOrigin { get; init; }

    /// <summary>Failures in a row. Default 5. On a connection that is passed through, a failure to connect is one.</summary>
    public uint Consecutive5xx { get; init; } = 5;

    /// <summary>How often such a series ejects, in percent. Default 100.</summary>
    public uint EnforcingConsecutive5xx { get; init; } = 100;

    /// <summary>Gateway failures in a row. Default 5.</summary>
    public uint ConsecutiveGatewayFailure { get; init; } = 5;

    /// <summary>How often such a series ejects, in percent. Default 0.</summary>
    public uint EnforcingConsecutiveGatewayFailure { get; init; }

    /// <summary>Failures to connect in a row; counts only with <see cref="SplitsLocalOrigin"/>. Default 5.</summary>
    public uint ConsecutiveLocalOriginFailure { get; init; } = 5;

    /// <summary>How often such a series ejects, in percent. Default 100.</summary>
    public uint EnforcingConsecutiveLocalOriginFailure { get; init; } = 100;

    /// <summary>Judging by success rate against the mean of all endpoints.</summary>
    public SuccessRateConfig SuccessRate { get; init; } = new();

    /// <summary>Judging by the share of failures.</summary>
    public FailurePercentageConfig FailurePercentage { get; init; } = new();
}

/// <summary>Ejects endpoints whose success rate lies too far below the mean.</summary>
public sealed record SuccessRateConfig
{
    /// <summary>How often it ejects, in percent. Default 100.</summary>
    public uint Enforcing { get; init; } = 100;

    /// <summary>The same for failures to connect, where those are counted apart. Default 100.</summary>
    public uint EnforcingLocalOrigin { get; init; } = 100;

    /// <summary>Fewest endpoints with enough volume. Default 5.</summary>
    public uint MinimumHosts { get; init; } = 5;

    /// <summary>Fewest requests, or connections, of an endpoint in an interval. Default 100.</summary>
    public uint RequestVolume { get; init; } = 100;

    /// <summary>Standard deviations below the mean, in thousandths. Default 1,900.</summary>
    public uint StdevFactor { get; init; } = 1900;
}

/// <summary>Ejects endpoints with too large a share of failures.</summary>
public sealed record FailurePercentageConfig
{
    /// <summary>The share, in percent. Default 85.</summary>
    public uint Threshold { get; init; } = 85;

    /// <summary>How often it ejects, in percent. Default 0.</summary>
    public uint Enforcing { get; init; }

    /// <summary>The same for failures to connect, where those are counted apart. Default 0.</summary>
    public uint EnforcingLocalOrigin { get; init; }

    /// <summary>Fewest endpoints with enough volume. Default 5.</summary>
    public uint MinimumHosts { get; init; } = 5;

    /// <summary>Fewest requests, or connections, of an endpoint in an interval. Default 50.</summary>
    public uint RequestVolume { get; init; } = 50;
}
