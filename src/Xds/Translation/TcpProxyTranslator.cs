using System.Collections.Immutable;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Envoy.Type.V3;
using Google.Protobuf.Collections;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Weight = Envoy.Extensions.Filters.Network.TcpProxy.V3.TcpProxy.Types.WeightedCluster.Types.ClusterWeight;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy to <see cref="TcpProxyConfig"/>.</summary>
internal static class TcpProxyTranslator
{
    /// <summary>Translates the filter; what is returned must not be used when errors were noted.</summary>
    public static TcpProxyConfig Translate(TcpProxy message, Findings findings)
    {
        NoteUnsupported(message, findings);
        var clusters = TranslateClusters(message, findings);
        var idleTimeout = TranslateIdleTimeout(message, findings);
        NoteEnforced(message, clusters, idleTimeout, findings);
        return new TcpProxyConfig
        {
            Clusters = clusters,
            IdleTimeout = idleTimeout,
            MaxConnectAttempts = message.MaxConnectAttempts ?? 0,
            HashesSourceAddress = TranslateHashPolicy(message.HashPolicy, findings),
            StatPrefix = message.StatPrefix,
            MaxDuration = TranslateMaxDuration(message, findings),
            AccessLogs = AccessLogTranslator.Translate(message.AccessLog, findings),
            LogsOnConnected = message.AccessLogOptions?.FlushAccessLogOnConnected ?? message.FlushAccessLogOnConnected,
        };
    }

    private static ImmutableArray<WeightedCluster> TranslateClusters(TcpProxy message, Findings findings)
    {
        switch (message.ClusterSpecifierCase)
        {
            case TcpProxy.ClusterSpecifierOneofCase.Cluster when message.Cluster.Length > 0:
                return [new(message.Cluster, 1, MetadataTranslator.Translate(message.MetadataMatch))];
            case TcpProxy.ClusterSpecifierOneofCase.WeightedClusters:
                return TranslateClusters(message.WeightedClusters.Clusters, MetadataTranslator.Translate(message.MetadataMatch), findings.At("weighted_clusters"));
            default:
                findings.Reject("cluster", "the name of a cluster is needed");
                return [];
        }
    }

    private static ImmutableArray<WeightedCluster> TranslateClusters(RepeatedField<Weight> messages, EndpointMetadata common, Findings findings)
    {
        var clusters = ImmutableArray.CreateBuilder<WeightedCluster>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            var scope = findings.At("clusters", i);
            scope.RejectIf(messages[i].Name.Length == 0, "name", "the name of a cluster is needed");
            scope.RejectIf(messages[i].Weight == 0, "weight", "a weight must be at least 1");
            // Both ask for a subset: the keys of the cluster's own count where they collide.
            var own = MetadataTranslator.Translate(messages[i].MetadataMatch);
            clusters.Add(new(messages[i].Name, messages[i].Weight, common.Count == 0 ? own : new EndpointMetadata(common.Concat(own))));
        }

        findings.RejectIf(clusters.Count == 0, "clusters", "at least one cluster is needed");
        findings.RejectIf(clusters.Sum(cluster => (long)cluster.Weight) > uint.MaxValue, "clusters", $"the weights add up to more than {uint.MaxValue}");
        return clusters.DrainToImmutable();
    }

    // At most one counts, as in Envoy, which takes no second.
    private static bool TranslateHashPolicy(RepeatedField<HashPolicy> policies, Findings findings)
    {
        var hashes = policies is [{ SourceIp: not null }, ..];
        findings.IgnoreIf(policies.Count > 0 && !hashes, "hash_policy", "connections are hashed by the client's address only; clusters that look for a hash take endpoints at random");
        findings.IgnoreIf(policies.Count > 1, "hash_policy[1]", "only the first policy counts");
        if (hashes)
        {
            findings.Enforce("hash_policy", $"hash of the client's address");
        }

        return hashes;
    }

    private static TimeSpan TranslateIdleTimeout(TcpProxy message, Findings findings)
    {
        if (message.IdleTimeout is null)
        {
            return TcpProxyConfig.DefaultIdleTimeout;
        }

        var time = DurationTranslator.Translate(message.IdleTimeout, findings, "idle_timeout");
        return time is null || time == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : time.Value;
    }

    private static void NoteEnforced(TcpProxy message, ImmutableArray<WeightedCluster> clusters, TimeSpan idleTimeout, Findings findings)
    {
        if (clusters.Length > 1)
        {
            findings.Enforce("weighted_clusters", string.Join(", ", clusters.Select(cluster => $"{cluster.Cluster} {cluster.Weight}")));
        }

        foreach (var cluster in clusters.Where(cluster => cluster.MetadataMatch.Count > 0))
        {
            findings.Enforce("metadata_match", $"of {cluster.Cluster} only endpoints with {cluster.MetadataMatch}");
        }

        findings.Enforce("idle_timeout", idleTimeout == Timeout.InfiniteTimeSpan ? "no idle timeout" : $"idle timeout {DurationText.Of(idleTimeout)}");
        if (message.MaxConnectAttempts is { } attempts)
        {
            findings.Enforce("max_connect_attempts", $"at most {attempts} connect attempts");
        }
    }

    private static TimeSpan TranslateMaxDuration(TcpProxy message, Findings findings)
    {
        const string Field = "max_downstream_connection_duration";
        if (message.MaxDownstreamConnectionDuration is null || DurationTranslator.TranslatePositive(message.MaxDownstreamConnectionDuration, findings, Field) is not { } time)
        {
            return Timeout.InfiniteTimeSpan;
        }

        findings.Enforce(Field, $"connections end after {DurationText.Of(time)}");
        return time;
    }

    private static void NoteUnsupported(TcpProxy message, Findings findings)
    {
        findings.RejectIf(message.TunnelingConfig is not null, "tunneling_config", "tunnelling over HTTP is not supported");
        findings.IgnoreIf(message.OnDemand is not null, "on_demand", "clusters are not fetched on demand");
        findings.IgnoreIf(message.DownstreamIdleTimeout is not null, "downstream_idle_timeout", "one idle timeout covers both directions");
        findings.IgnoreIf(message.UpstreamIdleTimeout is not null, "upstream_idle_timeout", "one idle timeout covers both directions");
        AccessLogTranslator.NoteUnsupported(message, findings);
        findings.IgnoreIf(message.BackoffOptions is not null, "backoff_options", "connect attempts follow one another at once");
        findings.IgnoreIf(message.MaxDownstreamConnectionDurationJitterPercentage is not null, "max_downstream_connection_duration_jitter_percentage", "connections end without jitter");
        findings.IgnoreIf(message.ProxyProtocolTlvs.Count > 0, "proxy_protocol_tlvs", "the PROXY protocol is not spoken");
        findings.IgnoreIf(message.UpstreamConnectMode != UpstreamConnectMode.Immediate, "upstream_connect_mode", "connections are made at once");
        findings.IgnoreIf(message.MaxEarlyDataBytes is not null, "max_early_data_bytes", "what may be read early is fixed");
    }
}
