using Envoy.Config.Cluster.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.Xds.Translation;

/// <summary>
/// envoy.config.cluster.v3.OutlierDetection to <see cref="OutlierDetectionConfig"/> (protocol §8, MeshCircuitBreaker). Values out of range are replaced by Envoy's default:
/// they must not cost a cluster the traffic.
/// </summary>
internal sealed class OutlierDetectionTranslator
{
    private static readonly OutlierDetectionConfig Defaults = new();

    private readonly Findings _findings;

    private OutlierDetectionTranslator(Findings findings) => _findings = findings;

    /// <summary>Translates the detection of a cluster; null when it has none.</summary>
    public static OutlierDetectionConfig? Translate(OutlierDetection? message, Findings findings)
    {
        if (message is null)
        {
            return null;
        }

        var config = new OutlierDetectionTranslator(findings).Translate(message);
        findings.Enforce("", $"ejection after {config.Consecutive5xx} failures in a row, for {DurationText.Of(config.BaseEjectionTime)}, of {config.MaxEjectionPercent} % at most");
        return config;
    }

    private OutlierDetectionConfig Translate(OutlierDetection message)
    {
        var baseTime = Time("base_ejection_time", message.BaseEjectionTime, Defaults.BaseEjectionTime);
        var maxTime = Time("max_ejection_time", message.MaxEjectionTime, Defaults.MaxEjectionTime);
        return new OutlierDetectionConfig
        {
            Interval = Time("interval", message.Interval, Defaults.Interval),
            BaseEjectionTime = baseTime,
            MaxEjectionTime = maxTime > baseTime ? maxTime : baseTime,
            MaxEjectionPercent = Percent("max_ejection_percent", message.MaxEjectionPercent, Defaults.MaxEjectionPercent),
            SplitsLocalOrigin = message.SplitExternalLocalOriginErrors,
            Consecutive5xx = message.Consecutive5Xx ?? Defaults.Consecutive5xx,
            EnforcingConsecutive5xx = Percent("enforcing_consecutive_5xx", message.EnforcingConsecutive5Xx, Defaults.EnforcingConsecutive5xx),
            ConsecutiveGatewayFailure = message.ConsecutiveGatewayFailure ?? Defaults.ConsecutiveGatewayFailure,
            EnforcingConsecutiveGatewayFailure =
                Percent("enforcing_consecutive_gateway_failure", message.EnforcingConsecutiveGatewayFailure, Defaults.EnforcingConsecutiveGatewayFailure),
            ConsecutiveLocalOriginFailure = message.ConsecutiveLocalOriginFailure ?? Defaults.ConsecutiveLocalOriginFailure,
            EnforcingConsecutiveLocalOriginFailure =
                Percent("enforcing_consecutive_local_origin_failure", message.EnforcingConsecutiveLocalOriginFailure, Defaults.EnforcingConsecutiveLocalOriginFailure),
            SuccessRate = SuccessRate(message),
            FailurePercentage = FailurePercentage(message),
        };
    }

    private SuccessRateConfig SuccessRate(OutlierDetection message)
    {
        var defaults = Defaults.SuccessRate;
        return new SuccessRateConfig
        {
            Enforcing = Percent("enforcing_success_rate", message.EnforcingSuccessRate, defaults.Enforcing),
            EnforcingLocalOrigin = Percent("enforcing_local_origin_success_rate", message.EnforcingLocalOriginSuccessRate, defaults.EnforcingLocalOrigin),
            MinimumHosts = message.SuccessRateMinimumHosts ?? defaults.MinimumHosts,
            RequestVolume = message.SuccessRateRequestVolume ?? defaults.RequestVolume,
            StdevFactor = message.SuccessRateStdevFactor ?? defaults.StdevFactor,
        };
    }

    private FailurePercentageConfig FailurePercentage(OutlierDetection message)
    {
        var defaults = Defaults.FailurePercentage;
        return new FailurePercentageConfig
        {
            Threshold = Percent("failure_percentage_threshold", message.FailurePercentageThreshold, defaults.Threshold),
            Enforcing = Percent("enforcing_failure_percentage", message.EnforcingFailurePercentage, defaults.Enforcing),
            EnforcingLocalOrigin = Percent("enforcing_failure_percentage_local_origin", message.EnforcingFailurePercentageLocalOrigin, defaults.EnforcingLocalOrigin),
            MinimumHosts = message.FailurePercentageMinimumHosts ?? defaults.MinimumHosts,
            RequestVolume = message.FailurePercentageRequestVolume ?? defaults.RequestVolume,
        };
    }

    private uint Percent(string field, uint? value, uint whenAbsent)
    {
        _findings.IgnoreIf(value > 100, field, $"{value} is no percentage; {whenAbsent} is taken");
        return value is <= 100 ? value.Value : whenAbsent;
    }

    private TimeSpan Time(string field, Duration? value, TimeSpan whenAbsent)
    {
        if (value is null)
        {
            return whenAbsent;
        }

        var time = DurationTranslator.TryTranslate(value);
        _findings.IgnoreIf(time is not { Ticks: > 0 }, field, $"the duration must be above zero; {DurationText.Of(whenAbsent)} is taken");
        return time is { Ticks: > 0 } ? time.Value : whenAbsent;
    }
}
