using System.Collections.Immutable;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>A service outside the mesh as the egress serves it: one filter chain and one cluster. Protocol §5.3–5.6.</summary>
internal sealed record ExternalDestination
{
    /// <summary>Mesh whose workloads reach it.</summary>
    public required string Mesh { get; init; }

    /// <summary>SNI by which clients ask for it.</summary>
    public required string ServerName { get; init; }

    /// <summary>Name of the filter chain.</summary>
    public required string ChainName { get; init; }

    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Name of the route configuration.</summary>
    public required string RouteName { get; init; }

    /// <summary>Name of the service, in statistics and as virtual host.</summary>
    public required string Service { get; init; }

    public required ServiceProtocol Protocol { get; init; }

    /// <summary>Who may use it.</summary>
    public required AccessRules Access { get; init; }

    /// <summary>How much of it may be used.</summary>
    public RateLimit Limit { get; init; } = RateLimit.None;

    /// <summary>What goes wrong on purpose, over HTTP.</summary>
    public ImmutableArray<SelectedFaults> Faults { get; init; } = [];

    /// <summary>Where it is.</summary>
    public required ImmutableArray<ExternalEndpoint> Endpoints { get; init; }

    /// <summary>Zone and priority group that the endpoints stand under; empty for none.</summary>
    public string SubZone { get; init; } = "";

    public bool IsHttp => Protocol != ServiceProtocol.Tcp;
}

/// <summary>One host of an external service.</summary>
/// <param name="Address">Host and port.</param>
/// <param name="Tags">What its metadata says of it, the mesh included.</param>
/// <param name="Tls">How TLS is spoken to it; null for none.</param>
/// <param name="TlsMatch">What of <paramref name="Tags"/> finds its TLS settings again; empty when every endpoint has the same.</param>
internal sealed record ExternalEndpoint(HostPort Address, TagSet Tags, UpstreamTls? Tls, TagSet TlsMatch);
