using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Google.Protobuf.Collections;
using Zoneway.SniRouter.Clusters;
using Thresholds = Envoy.Config.Cluster.V3.CircuitBreakers.Types.Thresholds;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.cluster.v3.CircuitBreakers to <see cref="CircuitBreakerConfig"/>.</summary>
internal static class CircuitBreakerTranslator
{
    // What Kuma sends where no policy names limits (protocol §8): clusters share one record.
    private static readonly CircuitBreakerConfig OnlyTracked = new() { TrackRemaining = true };

    /// <summary>Translates the limits of default priority; what they do not name is not limited.</summary>
    public static CircuitBreakerConfig Translate(CircuitBreakers? message, Findings findings)
    {
        if (message is null)
        {
            return CircuitBreakerConfig.Default;
        }

        findings.IgnoreIf(message.PerHostThresholds.Count > 0, "per_host_thresholds", "connections are limited per cluster, not per endpoint");
        var index = IndexOfDefault(message.Thresholds);
        return index < 0 ? CircuitBreakerConfig.Default : Translate(message.Thresholds[index], findings.At("thresholds", index));
    }

    // Routes cannot ask for high priority here, so its limits are never met; of several for the same priority Envoy takes the first.
    private static int IndexOfDefault(RepeatedField<Thresholds> thresholds)
    {
        for (var i = 0; i < thresholds.Count; i++)
        {
            if (thresholds[i].Priority == RoutingPriority.Default)
            {
                return i;
            }
        }

        return -1;
    }

    private static CircuitBreakerConfig Translate(Thresholds message, Findings findings)
    {
        findings.IgnoreIf(message.MaxConnectionPools is not null, "max_connection_pools", "every connection has an upstream connection of its own");
        findings.IgnoreIf(message.RetryBudget is not null, "retry_budget", "only max_retries limits further connect attempts");
        Enforce("max_connections", message.MaxConnections, "connections", findings);
        Enforce("max_pending_requests", message.MaxPendingRequests, "connections being opened", findings);
        Enforce("max_requests", message.MaxRequests, "requests at a time, where HTTP is forwarded", findings);
        Enforce("max_retries", message.MaxRetries, "connections and requests on a further attempt", findings);
        var config = new CircuitBreakerConfig
        {
            MaxConnections = message.MaxConnections ?? uint.MaxValue,
            MaxPendingRequests = message.MaxPendingRequests ?? uint.MaxValue,
            MaxRequests = message.MaxRequests ?? uint.MaxValue,
            MaxRetries = message.MaxRetries ?? uint.MaxValue,
            TrackRemaining = message.TrackRemaining,
        };
        return config == CircuitBreakerConfig.Default ? CircuitBreakerConfig.Default : config == OnlyTracked ? OnlyTracked : config;
    }

    private static void Enforce(string field, uint? limit, string what, Findings findings)
    {
        if (limit is { } value)
        {
            findings.Enforce(field, $"at most {value} {what}");
        }
    }
}
