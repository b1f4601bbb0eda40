using System.Collections.Immutable;
using System.Net;
using Envoy.Config.Core.V3;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.core.v3.HealthCheck to <see cref="HealthCheckConfig"/> (protocol §8, MeshHealthCheck). A check that cannot be done is left out with the reason: it must not cost its cluster the traffic.</summary>
internal static class HealthCheckTranslator
{
    private static readonly TimeSpan DefaultTime = TimeSpan.FromSeconds(60);

    /// <summary>Translates the checks of a cluster whose findings these are.</summary>
    public static ImmutableArray<HealthCheckConfig> Translate(RepeatedField<HealthCheck> messages, Findings findings)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        var checks = ImmutableArray.CreateBuilder<HealthCheckConfig>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            var scope = findings.At("health_checks", i);
            if (Translate(messages[i], scope) is { } check)
            {
                if (checks.Count == 0)
                {
                    scope.Enforce("", $"{TextOf(check)}");
                    scope.IgnoreIf(check.EventLogPath.Length > 0, "event_log_path", "changes of health are in the proxy's own log");
                }

                scope.IgnoreIf(checks.Count > 0, "", "only the first check is done");
                checks.Add(check);
            }
        }

        return checks.DrainToImmutable();
    }

    private static HealthCheckConfig? Translate(HealthCheck message, Findings findings)
    {
        var timeout = Time(message.Timeout);
        var interval = Time(message.Interval);
        if (timeout is not { Ticks: > 0 } || interval is not { Ticks: > 0 })
        {
            findings.Ignore("", "timeout and interval must be above zero, so nothing is checked");
            return null;
        }

        return HealthProbeTranslator.Translate(message, findings) is not { } probe ? null : new HealthCheckConfig
        {
            Probe = probe,
            Timeout = timeout.Value,
            Interval = interval.Value,
            NoTrafficInterval = Time(message.NoTrafficInterval) is { Ticks: > 0 } idle ? idle : DefaultTime,
            InitialJitter = Time(message.InitialJitter) ?? TimeSpan.Zero,
            IntervalJitter = Time(message.IntervalJitter) ?? TimeSpan.Zero,
            IntervalJitterPercent = message.IntervalJitterPercent,
            UnhealthyThreshold = Math.Max(1, message.UnhealthyThreshold ?? 1),
            HealthyThreshold = Math.Max(1, message.HealthyThreshold ?? 1),
            Port = message.AltPort is <= IPEndPoint.MaxPort and var port ? (int)port : 0,
            ReusesConnection = message.ReuseConnection ?? true,
            EventLogPath = message.EventLogPath,
            LogsEveryFailure = message.AlwaysLogHealthCheckFailures,
        };
    }

    private static TimeSpan? Time(Duration? duration) => duration is null ? null : DurationTranslator.TryTranslate(duration);

    private static string TextOf(HealthCheckConfig check)
    {
        var what = check.Probe switch
        {
            HttpHealthProbe http => $"GET {http.Path}",
            GrpcHealthProbe => "gRPC health",
            _ => "TCP",
        };
        return $"{what} every {DurationText.Of(check.Interval)}, timeout {DurationText.Of(check.Timeout)}, unhealthy after {check.UnhealthyThreshold}, healthy after {check.HealthyThreshold}";
    }
}
