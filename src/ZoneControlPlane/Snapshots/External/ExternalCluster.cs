using System.Net;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.ZoneControlPlane.Resources;
using SocketAddress = Envoy.Config.Core.V3.SocketAddress;
using UpstreamHttpOptions = Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>Makes the cluster of an external service: hosts inline, names asked for by the proxy. Protocol §5.6.</summary>
internal static class ExternalCluster
{
    private const string HttpOptionsKey = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    /// <param name="destination">The service.</param>
    /// <param name="usesIpv6">Whether names may also stand for IPv6 addresses.</param>
    /// <param name="systemCaPath">CA file of the proxy's system.</param>
    public static Cluster Create(ExternalDestination destination, bool usesIpv6, string systemCaPath)
    {
        var cluster = new Cluster
        {
            Name = destination.Cluster,
            ConnectTimeout = new Duration { Seconds = 5 },
            CircuitBreakers = new CircuitBreakers { Thresholds = { new CircuitBreakers.Types.Thresholds { TrackRemaining = true } } },
            LoadAssignment = Assign(destination),
        };
        if (XdsNames.Sanitize(destination.Cluster) is var statName && statName != destination.Cluster)
        {
            cluster.AltStatName = statName;
        }

        Discover(cluster, destination, usesIpv6);
        Speak(cluster, destination.Protocol);
        cluster.TransportSocketMatches.AddRange(OriginationTls.MatchesOf(destination.Endpoints, systemCaPath));
        return cluster;
    }

    private static void Discover(Cluster cluster, ExternalDestination destination, bool usesIpv6)
    {
        cluster.Type = Cluster.Types.DiscoveryType.Static;
        if (destination.Endpoints.Any(static endpoint => !IPAddress.TryParse(endpoint.Address.Host, out _)))
        {
            cluster.Type = Cluster.Types.DiscoveryType.StrictDns;
        }

        cluster.DnsLookupFamily = usesIpv6 ? Cluster.Types.DnsLookupFamily.Auto : Cluster.Types.DnsLookupFamily.V4Only;
    }

    private static void Speak(Cluster cluster, ServiceProtocol protocol)
    {
        if (protocol == ServiceProtocol.Tcp)
        {
            return;
        }

        var config = protocol == ServiceProtocol.Http
            ? new UpstreamHttpOptions.Types.ExplicitHttpConfig { HttpProtocolOptions = new Http1ProtocolOptions() }
            : new UpstreamHttpOptions.Types.ExplicitHttpConfig { Http2ProtocolOptions = new Http2ProtocolOptions() };
        cluster.TypedExtensionProtocolOptions[HttpOptionsKey] = Any.Pack(new UpstreamHttpOptions { ExplicitHttpConfig = config });
    }

    private static ClusterLoadAssignment Assign(ExternalDestination destination)
    {
        var locality = new LocalityLbEndpoints();
        if (destination.SubZone.Length > 0)
        {
            locality.Locality = new Locality { SubZone = destination.SubZone };
        }

        locality.LbEndpoints.AddRange(destination.Endpoints.Select(ToLbEndpoint));
        return new ClusterLoadAssignment { ClusterName = destination.Cluster, Endpoints = { locality } };
    }

    private static LbEndpoint ToLbEndpoint(ExternalEndpoint endpoint) => new()
    {
        Endpoint = new Endpoint
        {
            Address = new Address { SocketAddress = new SocketAddress { Address = endpoint.Address.Host, PortValue = (uint)endpoint.Address.Port } },
        },
        LoadBalancingWeight = 1,
        Metadata = EndpointMetadata.Of(endpoint.Tags),
    };
}
