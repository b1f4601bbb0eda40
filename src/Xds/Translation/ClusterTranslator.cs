using Envoy.Config.Cluster.V3;
using Zoneway.SniRouter.Clusters;
using Zoneway.Xds.Resources;
using Zoneway.Xds.Translation.Http;
using Zoneway.Xds.Translation.Tls;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.cluster.v3.Cluster to <see cref="ClusterConfig"/>. Never throws on bad input.</summary>
internal static class ClusterTranslator
{
    /// <summary>Translates a resource of CDS.</summary>
    public static TranslationResult<ClusterConfig> Translate(XdsResource resource, bool explains = true)
    {
        var findings = new Findings(resource.Name, explains);
        if (ResourceReader.Read(resource, Cluster.Parser, cluster => cluster.Name, findings) is not { } message)
        {
            return new() { Errors = findings.Errors, Ignored = findings.Ignored };
        }

        findings.RejectUnsafeFields();
        ClusterNotes.NoteUnsupported(message, findings);
        var config = Translate(message, findings);
        ClusterNotes.NoteEnforced(message, config, findings);
        var isServed = !findings.HasErrors;
        return new()
        {
            Config = isServed ? config : null,
            Errors = findings.Errors,
            Ignored = findings.Ignored,
            Enforced = isServed ? findings.Enforced : [],
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
            ConsistentHash = ConsistentHashTranslator.Translate(message, findings),
            Subsets = SubsetTranslator.Translate(message.LbSubsetConfig, findings.At("lb_subset_config")),
            LocalityWeighted = message.CommonLbConfig?.LocalityWeightedLbConfig is not null,
            HealthyPanicThreshold = TranslatePanicThreshold(message.CommonLbConfig, findings.At("common_lb_config")),
            CircuitBreakers = CircuitBreakerTranslator.Translate(message.CircuitBreakers, findings.At("circuit_breakers")),
            HealthChecks = HealthCheckTranslator.Translate(message.HealthChecks, findings),
            OutlierDetection = OutlierDetectionTranslator.Translate(message.OutlierDetection, findings.At("outlier_detection")),
            Http = HttpProtocolOptionsTranslator.Translate(message, findings),
            TransportSockets = TransportSocketTranslator.Translate(message, findings),
            Dns = DnsConfigTranslator.Translate(message, findings),
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
                // What these policies do with a connection that has no hash; see ConsistentHash.
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
}
