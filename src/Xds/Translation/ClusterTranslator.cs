using Envoy.Config.Cluster.V3;
using Zoneway.SniRouter.Clusters;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.cluster.v3.Cluster to <see cref="ClusterConfig"/>. Never throws on bad input.</summary>
internal static class ClusterTranslator
{
    /// <summary>Translates a resource of CDS.</summary>
    public static TranslationResult<ClusterConfig> Translate(XdsResource resource)
    {
        var findings = new Findings(resource.Name);
        if (ResourceReader.Read(resource, Cluster.Parser, cluster => cluster.Name, findings) is not { } message)
        {
            return new() { Errors = findings.Errors, Ignored = findings.Ignored };
        }

        findings.RejectUnsafeFields();
        NoteUnsupported(message, findings);
        var config = Translate(message, findings);
        NoteEnforced(message, config, findings);
        return new()
        {
            Config = findings.HasErrors || NeedsTls(message) ? null : config,
            Errors = findings.Errors,
            Ignored = findings.Ignored,
            Enforced = findings.Enforced,
            Assignment = AssignmentOf(message),
            Secrets = SecretReferences.Of(message),
        };
    }

    // A cluster that is quarantined is asked for all the same: a state-of-the-world request must name every assignment there is (protocol §3.3).
    private static string? AssignmentOf(Cluster message) =>
        message.Type != Cluster.Types.DiscoveryType.Eds ? null
        : message.EdsClusterConfig is { ServiceName.Length: > 0 } eds ? eds.ServiceName
        : message.Name;

    private static ClusterConfig Translate(Cluster message, Findings findings)
    {
        var discovery = TranslateDiscovery(message, findings);
        return new ClusterConfig
        {
            // The string of the resource, so that a name is kept once.
            Name = findings.Resource,
            Discovery = discovery,
            EdsServiceName = discovery == ClusterDiscovery.Eds ? message.EdsClusterConfig?.ServiceName ?? "" : "",
            ConnectTimeout = TranslateConnectTimeout(message, findings),
            Policy = TranslatePolicy(message, findings),
            Subsets = SubsetTranslator.Translate(message.LbSubsetConfig, findings.At("lb_subset_config")),
            LocalityWeighted = message.CommonLbConfig?.LocalityWeightedLbConfig is not null,
            HealthyPanicThreshold = TranslatePanicThreshold(message.CommonLbConfig, findings.At("common_lb_config")),
            CircuitBreakers = CircuitBreakerTranslator.Translate(message.CircuitBreakers, findings.At("circuit_breakers")),
            InlineAssignment = discovery == ClusterDiscovery.Eds ? null : TranslateEndpoints(message, discovery, findings.At("load_assignment")),
        };
    }

    private static ClusterDiscovery TranslateDiscovery(Cluster message, Findings findings)
    {
        switch (message.Type)
        {
            case Cluster.Types.DiscoveryType.Static:
                return ClusterDiscovery.Static;
            case Cluster.Types.DiscoveryType.StrictDns:
                return ClusterDiscovery.StrictDns;
            case Cluster.Types.DiscoveryType.LogicalDns:
                return ClusterDiscovery.LogicalDns;
            case Cluster.Types.DiscoveryType.Eds:
                var source = message.EdsClusterConfig?.EdsConfig;
                findings.RejectIf(source is { Path.Length: > 0 } or { PathConfigSource: not null } or { ApiConfigSource: not null }, "eds_cluster_config.eds_config", "endpoints can only come from ADS");
                return ClusterDiscovery.Eds;
            default:
                findings.Reject("type", $"discovery type {message.Type} is not supported");
                return ClusterDiscovery.Static;
        }
    }

    private static LoadAssignment? TranslateEndpoints(Cluster message, ClusterDiscovery discovery, Findings findings)
    {
        if (message.LoadAssignment is null)
        {
            return new LoadAssignment { ClusterName = message.Name };
        }

        var assignment = EndpointTranslator.Translate(message.LoadAssignment, namesAllowed: discovery != ClusterDiscovery.Static, findings);
        if (assignment is not null && discovery == ClusterDiscovery.LogicalDns && assignment.Localities.Sum(locality => locality.Endpoints.Length) != 1)
        {
            findings.Reject("", "a LOGICAL_DNS cluster has exactly one endpoint");
        }

        return assignment is null ? null : assignment with { ClusterName = findings.Resource };
    }

    private static TimeSpan TranslateConnectTimeout(Cluster message, Findings findings) =>
        (message.ConnectTimeout is null ? null : DurationTranslator.TranslatePositive(message.ConnectTimeout, findings, "connect_timeout"))
        ?? ClusterConfig.DefaultConnectTimeout;

    private static LoadBalancerPolicy TranslatePolicy(Cluster message, Findings findings)
    {
        findings.RejectIf(message.LoadBalancingPolicy is not null, "load_balancing_policy", "extensible load balancing policies are not supported");
        switch (message.LbPolicy)
        {
            case Cluster.Types.LbPolicy.RoundRobin:
                return LoadBalancerPolicy.RoundRobin;
            case Cluster.Types.LbPolicy.LeastRequest:
                return LoadBalancerPolicy.LeastRequest;
            case Cluster.Types.LbPolicy.Random:
                return LoadBalancerPolicy.Random;
            case Cluster.Types.LbPolicy.RingHash:
            case Cluster.Types.LbPolicy.Maglev:
                // What these policies do with a connection that has no hash.
                findings.IgnoreIf(true, "lb_policy", "hashing is not done: endpoints are taken at random");
                return LoadBalancerPolicy.Random;
            default:
                findings.Reject("lb_policy", $"load balancing policy {message.LbPolicy} is not supported");
                return LoadBalancerPolicy.RoundRobin;
        }
    }

    private static double TranslatePanicThreshold(Cluster.Types.CommonLbConfig? common, Findings findings)
    {
        if (common?.HealthyPanicThreshold is not { Value: var percent })
        {
            return new ClusterConfig { Name = "" }.HealthyPanicThreshold;
        }

        findings.RejectIf(percent is not (>= 0 and <= 100), "healthy_panic_threshold", "a percentage lies between 0 and 100");
        return percent;
    }

    private static bool NeedsTls(Cluster message) =>
        TransportSockets.IsTls(message.TransportSocket) || message.TransportSocketMatches.Any(match => TransportSockets.IsTls(match.TransportSocket));

    private static bool IsUnknown(Envoy.Config.Core.V3.TransportSocket? socket) => !TransportSockets.IsPlain(socket) && !TransportSockets.IsTls(socket);

    private static void NoteEnforced(Cluster message, ClusterConfig config, Findings findings)
    {
        findings.Enforce("connect_timeout", $"connect timeout {DurationText.Of(config.ConnectTimeout)}");
        findings.Enforce("lb_policy", config.Policy switch
        {
            LoadBalancerPolicy.LeastRequest => "the endpoint with fewer connections of two",
            LoadBalancerPolicy.Random => "endpoints at random",
            _ => "endpoints in weighted turns",
        });
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
            findings.Enforce("common_lb_config.healthy_panic_threshold", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"panic below {config.HealthyPanicThreshold} % healthy"));
        }
    }

    private static void NoteUnsupported(Cluster message, Findings findings)
    {
        // Sending plain text where TLS is asked for would give away what it protects.
        findings.IgnoreIf(NeedsTls(message), "transport_socket", "not yet enforced: TLS towards endpoints is not available; the cluster is not served until then");
        findings.RejectIf(IsUnknown(message.TransportSocket), "transport_socket", "the transport socket is not known");
        for (var i = 0; i < message.TransportSocketMatches.Count; i++)
        {
            findings.RejectIf(IsUnknown(message.TransportSocketMatches[i].TransportSocket), $"transport_socket_matches[{i}]", "the transport socket is not known");
        }

        findings.IgnoreIf(message.HealthChecks.Count > 0, "health_checks", "not yet enforced: endpoints are not checked actively");
        findings.IgnoreIf(message.OutlierDetection is not null, "outlier_detection", "not yet enforced: endpoints are not ejected");
        findings.IgnoreIf(message.UpstreamBindConfig is not null, "upstream_bind_config", "the system chooses the source address");
        findings.IgnoreIf(message.UpstreamConnectionOptions is not null, "upstream_connection_options", "keepalive and address racing are not configurable");
        findings.IgnoreIf(message.PerConnectionBufferLimitBytes is not null, "per_connection_buffer_limit_bytes", "buffers have a fixed size");
        findings.IgnoreIf(message.LbConfigCase != Cluster.LbConfigOneofCase.None, "lb_config", "load balancing policies are not tunable");
        findings.IgnoreIf(message.CloseConnectionsOnHostHealthFailure, "close_connections_on_host_health_failure", "open connections stay");
        var usesDns = message.Type is Cluster.Types.DiscoveryType.StrictDns or Cluster.Types.DiscoveryType.LogicalDns;
        findings.IgnoreIf(usesDns && message.DnsLookupFamily != Cluster.Types.DnsLookupFamily.Auto, "dns_lookup_family", "the system chooses the address family");
        findings.IgnoreIf(usesDns && message.DnsRefreshRate is not null, "dns_refresh_rate", "the refresh rate is fixed");
        findings.IgnoreIf(usesDns && message.RespectDnsTtl, "respect_dns_ttl", "the refresh rate is fixed");
        findings.IgnoreIf(message.CommonLbConfig is { ZoneAwareLbConfig: not null }, "common_lb_config.zone_aware_lb_config", "only priorities and locality weights prefer a zone");
        findings.IgnoreIf(message.CommonLbConfig is { CloseConnectionsOnHostSetChange: true }, "common_lb_config.close_connections_on_host_set_change", "open connections stay");
    }
}
