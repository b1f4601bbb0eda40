using System.Collections.Immutable;
using System.Net;

namespace Zoneway.SniRouter.Clusters;

/// <summary>The endpoints of one cluster (envoy.config.endpoint.v3.ClusterLoadAssignment).</summary>
public sealed record LoadAssignment
{
    /// <summary>What Envoy multiplies a level's healthy share with when the assignment names no factor, in percent.</summary>
    public const uint DefaultOverprovisioningFactor = 140;

    /// <summary>The cluster these endpoints belong to (its EDS service name where it has one).</summary>
    public required string ClusterName { get; init; }

    /// <summary>Percent of a priority level's healthy share that counts for it; at least 100.</summary>
    public uint OverprovisioningFactor { get; init; } = DefaultOverprovisioningFactor;

    /// <summary>The endpoints by locality and priority. May be empty: the cluster is known and has none.</summary>
    public ImmutableArray<LocalityEndpoints> Localities { get; init; } = [];
}

/// <summary>The endpoints of one locality at one priority.</summary>
public sealed record LocalityEndpoints
{
    /// <summary>Where they run.</summary>
    public Locality Locality { get; init; } = Locality.Unknown;

    /// <summary>0 is used first; a higher level only as far as those before it are unhealthy. At most 128.</summary>
    public uint Priority { get; init; }

    /// <summary>Share of this locality among those of its priority; counts only with <see cref="ClusterConfig.LocalityWeighted"/>. 0 gives it no traffic.</summary>
    public uint Weight { get; init; }

    /// <summary>The endpoints.</summary>
    public ImmutableArray<EndpointConfig> Endpoints { get; init; } = [];
}

/// <summary>One endpoint as the control plane describes it.</summary>
public sealed record EndpointConfig
{
    /// <summary>IP address and port, a Unix domain socket, or a <see cref="DnsEndPoint"/> where the cluster resolves names.</summary>
    public required EndPoint Address { get; init; }

    /// <summary>Where else it is: addresses that race with <see cref="Address"/> in this order while it does not answer (RFC 8305). Empty for most.</summary>
    public ImmutableArray<EndPoint> FurtherAddresses { get; init; } = [];

    /// <summary>The name that a LOGICAL_DNS cluster has resolved to the addresses; null otherwise.</summary>
    public EndPoint? LogicalAddress { get; init; }

    /// <summary>Share of this endpoint among those of its level; 1 to 4,294,967,295.</summary>
    public uint Weight { get; init; } = 1;

    /// <summary>What the control plane says of its health.</summary>
    public EndpointHealth Health { get; init; }

    /// <summary>What subset selection compares with.</summary>
    public EndpointMetadata Metadata { get; init; } = EndpointMetadata.Empty;

    /// <summary>What the ways to speak to it are chosen by (<c>envoy.transport_socket_match</c>).</summary>
    public EndpointMetadata TransportSocketMatch { get; init; } = EndpointMetadata.Empty;

    /// <summary>The host name of the endpoint where the control plane gives one; empty otherwise.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>What it is the same endpoint by when the cluster is updated.</summary>
    public EndPoint Identity => LogicalAddress ?? Address;
}

/// <summary>Health of an endpoint (envoy.config.core.v3.HealthStatus, folded to what selection needs).</summary>
public enum EndpointHealth
{
    /// <summary>HEALTHY or UNKNOWN: takes traffic.</summary>
    Healthy,

    /// <summary>DEGRADED: takes traffic only where no endpoint of its level is healthy.</summary>
    Degraded,

    /// <summary>UNHEALTHY, DRAINING or TIMEOUT: takes traffic only in panic.</summary>
    Unhealthy,
}
