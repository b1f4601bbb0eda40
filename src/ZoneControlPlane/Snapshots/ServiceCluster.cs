using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>Makes the cluster of a service and its load assignment. Protocol §4.1, §5.2.</summary>
internal static class ServiceCluster
{
    private static readonly Duration ConnectTimeout = new() { Seconds = 5 };

    /// <summary>An EDS cluster fed by ADS.</summary>
    /// <param name="mesh">Mesh of the service.</param>
    /// <param name="service">The service.</param>
    /// <param name="tracksRemaining">Whether the cluster carries the circuit-breaker budget that an egress has and an ingress has not.</param>
    public static Cluster Create(string mesh, string service, bool tracksRemaining)
    {
        var name = XdsNames.Cluster(mesh, service);
        var cluster = new Cluster
        {
            Name = name,
            AltStatName = XdsNames.Sanitize(name),
            Type = Cluster.Types.DiscoveryType.Eds,
            ConnectTimeout = ConnectTimeout,
            EdsClusterConfig = new Cluster.Types.EdsClusterConfig
            {
                EdsConfig = new ConfigSource { Ads = new AggregatedConfigSource(), ResourceApiVersion = ApiVersion.V3 },
            },
        };
        if (tracksRemaining)
        {
            cluster.CircuitBreakers = new CircuitBreakers { Thresholds = { new CircuitBreakers.Types.Thresholds { TrackRemaining = true } } };
        }

        return cluster;
    }

    /// <summary>The endpoints of a service, grouped by zone; without endpoints the assignment is empty but there.</summary>
    public static ClusterLoadAssignment Assign(string mesh, string service, IEnumerable<ServiceEndpoint> endpoints)
    {
        var assignment = new ClusterLoadAssignment { ClusterName = XdsNames.Cluster(mesh, service) };
        foreach (var zone in endpoints.GroupBy(static endpoint => endpoint.Tags.Zone).OrderBy(static zone => zone.Key, StringComparer.Ordinal))
        {
            var locality = new LocalityLbEndpoints { Locality = zone.Key is null ? null : new Locality { Zone = zone.Key } };
            locality.LbEndpoints.AddRange(zone.Select(endpoint => ToLbEndpoint(endpoint, mesh)));
            assignment.Endpoints.Add(locality);
        }

        return assignment;
    }

    private static LbEndpoint ToLbEndpoint(ServiceEndpoint endpoint, string mesh)
    {
        var tags = endpoint.Tags.Without(TagSet.ServiceKey).With(XdsNames.MeshTag, mesh);
        return new LbEndpoint
        {
            Endpoint = new Endpoint
            {
                Address = new Address { SocketAddress = new SocketAddress { Address = endpoint.Address, PortValue = (uint)endpoint.Port } },
            },
            LoadBalancingWeight = endpoint.Weight,
            Metadata = EndpointMetadata.Of(tags),
        };
    }
}
