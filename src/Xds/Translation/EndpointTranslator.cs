using System.Collections.Immutable;
using System.Net;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Google.Protobuf.Collections;
using Zoneway.SniRouter.Clusters;
using Zoneway.Xds.Resources;
using Locality = Zoneway.SniRouter.Clusters.Locality;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.endpoint.v3.ClusterLoadAssignment to <see cref="LoadAssignment"/>. Never throws on bad input.</summary>
internal static class EndpointTranslator
{
    private const uint HighestPriority = 128;

    /// <summary>Translates a resource of EDS.</summary>
    public static TranslationResult<LoadAssignment> Translate(XdsResource resource, bool explains = true)
    {
        var findings = new Findings(resource.Name, explains);
        var message = ResourceReader.Read(resource, ClusterLoadAssignment.Parser, assignment => assignment.ClusterName, findings);
        var config = message is null ? null : Translate(message, namesAllowed: false, findings);
        return new() { Config = config, Errors = findings.Errors, Ignored = findings.Ignored, Enforced = findings.Enforced };
    }

    /// <summary>Translates the endpoints of a cluster.</summary>
    /// <param name="assignment">The endpoints.</param>
    /// <param name="namesAllowed">Whether addresses may be names that the cluster resolves.</param>
    /// <param name="findings">Takes what is wrong or ignored.</param>
    /// <returns>The endpoints; null when anything is wrong with them.</returns>
    public static LoadAssignment? Translate(ClusterLoadAssignment assignment, bool namesAllowed, Findings findings)
    {
        var localities = ImmutableArray.CreateBuilder<LocalityEndpoints>(assignment.Endpoints.Count);
        var seen = new HashSet<(EndPoint, EndpointMetadata)>();
        for (var i = 0; i < assignment.Endpoints.Count; i++)
        {
            localities.Add(Translate(assignment.Endpoints[i], namesAllowed, seen, findings.At("endpoints", i)));
        }

        CheckSums(localities, findings);
        NotePriorities(localities, findings);
        var factor = TranslatePolicy(assignment.Policy, findings.At("policy"));
        return findings.HasErrors
            ? null
            : new LoadAssignment { ClusterName = findings.Resource, OverprovisioningFactor = factor, Localities = localities.DrainToImmutable() };
    }

    private static LocalityEndpoints Translate(
        LocalityLbEndpoints locality, bool namesAllowed, HashSet<(EndPoint, EndpointMetadata)> seen, Findings findings)
    {
        findings.RejectIf(locality.Priority > HighestPriority, "priority", $"{locality.Priority} is above {HighestPriority}");
        findings.RejectIf(locality.LbConfigCase == LocalityLbEndpoints.LbConfigOneofCase.LedsClusterLocalityConfig, "leds_cluster_locality_config", "LEDS is not supported");
        findings.RejectIf(locality.LoadBalancingWeight == 0, "load_balancing_weight", "a weight must be at least 1");
        var endpoints = ImmutableArray.CreateBuilder<EndpointConfig>(locality.LbEndpoints.Count);
        AddEndpoints(endpoints, locality.LbEndpoints, "lb_endpoints", namesAllowed, seen, findings);
        if (locality.LbConfigCase == LocalityLbEndpoints.LbConfigOneofCase.LoadBalancerEndpoints)
        {
            AddEndpoints(endpoints, locality.LoadBalancerEndpoints.LbEndpoints, "lb_endpoints", namesAllowed, seen, findings.At("load_balancer_endpoints"));
        }

        return new LocalityEndpoints
        {
            Locality = locality.Locality is { } place ? new Locality(place.Region, place.Zone, place.SubZone) : Locality.Unknown,
            Priority = locality.Priority,
            Weight = locality.LoadBalancingWeight ?? 0,
            Endpoints = endpoints.ToImmutable(),
        };
    }

    private static void AddEndpoints(
        ImmutableArray<EndpointConfig>.Builder endpoints, RepeatedField<LbEndpoint> messages, string field, bool namesAllowed,
        HashSet<(EndPoint, EndpointMetadata)> seen, Findings findings)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            var scope = findings.At(field, i);
            if (Translate(messages[i], namesAllowed, scope) is not { } endpoint)
            {
                continue;
            }

            // Envoy keeps the first of several endpoints at one address. Those that differ in metadata are kept here, as each may be the only one of a subset.
            if (seen.Add((endpoint.Address, endpoint.Metadata)))
            {
                endpoints.Add(endpoint);
            }
            else
            {
                scope.Ignore("", $"{endpoint.Address} with the same metadata is there before");
            }
        }
    }

    private static EndpointConfig? Translate(LbEndpoint message, bool namesAllowed, Findings findings)
    {
        if (message.HostIdentifierCase != LbEndpoint.HostIdentifierOneofCase.Endpoint)
        {
            findings.Reject("", "an endpoint with an address is needed");
            return null;
        }

        findings.RejectIf(message.LoadBalancingWeight == 0, "load_balancing_weight", "a weight must be at least 1");
        findings.IgnoreIf(message.Endpoint.AdditionalAddresses.Count > 0, "endpoint.additional_addresses", "only the first address is used");
        var address = AddressTranslator.TranslateEndpoint(message.Endpoint.Address, namesAllowed, findings.At("endpoint").At("address"));
        return address is null || findings.HasErrors
            ? null
            : new EndpointConfig
            {
                Address = address,
                Weight = message.LoadBalancingWeight ?? 1,
                Health = Translate(message.HealthStatus),
                Metadata = MetadataTranslator.Translate(message.Metadata),
                TransportSocketMatch = MetadataTranslator.TranslateTransportSocketMatch(message.Metadata),
                Hostname = message.Endpoint.Hostname,
            };
    }

    private static EndpointHealth Translate(HealthStatus status) => status switch
    {
        HealthStatus.Unhealthy or HealthStatus.Draining or HealthStatus.Timeout => EndpointHealth.Unhealthy,
        HealthStatus.Degraded => EndpointHealth.Degraded,
        _ => EndpointHealth.Healthy,
    };

    private static uint TranslatePolicy(ClusterLoadAssignment.Types.Policy? policy, Findings findings)
    {
        if (policy is null)
        {
            return LoadAssignment.DefaultOverprovisioningFactor;
        }

        findings.IgnoreIf(policy.DropOverloads.Count > 0, "drop_overloads", "no connection is dropped by percentage");
        findings.IgnoreIf(policy.EndpointStaleAfter is not null, "endpoint_stale_after", "endpoints stay until they are replaced");
        findings.IgnoreIf(policy.WeightedPriorityHealth, "weighted_priority_health", "health counts endpoints, not weights");
        findings.RejectIf(policy.OverprovisioningFactor == 0, "overprovisioning_factor", "the factor must be above 0");
        findings.IgnoreIf(policy.OverprovisioningFactor < 100, "overprovisioning_factor", "a factor below 100 counts as 100");
        if (policy.OverprovisioningFactor is { } factor)
        {
            findings.Enforce("overprovisioning_factor", $"overprovisioning factor {factor} %");
        }

        return Math.Max(100, policy.OverprovisioningFactor ?? LoadAssignment.DefaultOverprovisioningFactor);
    }

    private static void NotePriorities(IEnumerable<LocalityEndpoints> localities, Findings findings)
    {
        var levels = localities.Select(locality => locality.Priority).Distinct().Order().ToList();
        if (levels.Count > 1)
        {
            findings.Enforce("endpoints", $"priorities {string.Join(", ", levels)}: each takes what those before it cannot");
        }
    }

    // A level takes turns by the sum of its weights, which must fit into 32 bits, as in Envoy.
    private static void CheckSums(IEnumerable<LocalityEndpoints> localities, Findings findings)
    {
        foreach (var level in localities.GroupBy(locality => locality.Priority))
        {
            var endpoints = level.SelectMany(locality => locality.Endpoints).Sum(endpoint => (long)endpoint.Weight);
            findings.RejectIf(endpoints > uint.MaxValue, "endpoints", $"the weights of the endpoints of priority {level.Key} add up to more than {uint.MaxValue}");
            var weights = level.Sum(locality => (long)locality.Weight);
            findings.RejectIf(weights > uint.MaxValue, "endpoints", $"the weights of the localities of priority {level.Key} add up to more than {uint.MaxValue}");
        }
    }
}
