using System.Globalization;
using Envoy.Config.Cluster.V3;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.Xds.Translation;

/// <summary>What of a cluster is in force, and which of its fields have no effect.</summary>
internal static class ClusterNotes
{
    /// <summary>Notes what a cluster that has been translated puts in force.</summary>
    public static void NoteEnforced(Cluster message, ClusterConfig config, Findings findings)
    {
        findings.Enforce("connect_timeout", $"connect timeout {DurationText.Of(config.ConnectTimeout)}");
        NotePolicy(config, findings);
        if (config.Subsets is { Selectors.Length: > 0 } subsets)
        {
            findings.Enforce("lb_subset_config", $"subsets by {string.Join(" / ", subsets.Selectors.Select(selector => string.Join(", ", selector.Keys)))}");
        }

        if (config.LocalityWeighted)
        {
            findings.Enforce("common_lb_config.locality_weighted_lb_config", "localities by weight");
        }

        if (message.CommonLbConfig?.HealthyPanicThreshold is not null)
        {
            findings.Enforce("common_lb_config.healthy_panic_threshold", string.Create(CultureInfo.InvariantCulture, $"panic below {config.HealthyPanicThreshold} % healthy"));
        }
    }

    private static void NotePolicy(ClusterConfig config, Findings findings)
    {
        switch (config.ConsistentHash)
        {
            case RingHashConfig ring:
                findings.Enforce("lb_policy", $"endpoints by hash, on a ring of {ring.MinimumSize} to {Math.Min(ring.MaximumSize, RingHashConfig.MostPlaces)} places");
                break;
            case MaglevConfig maglev:
                findings.Enforce("lb_policy", $"endpoints by hash, in a Maglev table of {maglev.TableSize} places");
                break;
            default:
                findings.Enforce("lb_policy", config.Policy switch
                {
                    LoadBalancerPolicy.LeastRequest => "the endpoint with fewer connections of two",
                    LoadBalancerPolicy.Random => "endpoints at random",
                    _ => "endpoints in weighted turns",
                });
                break;
        }
    }

    /// <summary>Notes the fields that have no effect, and rejects those that must have one.</summary>
    public static void NoteUnsupported(Cluster message, Findings findings)
    {
        findings.IgnoreIf(message.UpstreamBindConfig is not null, "upstream_bind_config", "the system chooses the source address");
        findings.IgnoreIf(message.UpstreamConnectionOptions is not null, "upstream_connection_options", "keepalive and address racing are not configurable");
        findings.IgnoreIf(message.PerConnectionBufferLimitBytes is not null, "per_connection_buffer_limit_bytes", "buffers have a fixed size");
        findings.IgnoreIf(
            message.LbConfigCase is Cluster.LbConfigOneofCase.LeastRequestLbConfig or Cluster.LbConfigOneofCase.RoundRobinLbConfig,
            "lb_config", "choice count, bias and slow start are not tunable");
        findings.IgnoreIf(message.CloseConnectionsOnHostHealthFailure, "close_connections_on_host_health_failure", "open connections stay");
        findings.IgnoreIf(message.CommonLbConfig is { ZoneAwareLbConfig: not null }, "common_lb_config.zone_aware_lb_config", "only priorities and locality weights prefer a zone");
        findings.IgnoreIf(message.CommonLbConfig is { CloseConnectionsOnHostSetChange: true }, "common_lb_config.close_connections_on_host_set_change", "open connections stay");
    }
}
