using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>A resource of the Kuma model, reduced to what a zone proxy's configuration is made from.</summary>
/// <param name="Name">Name, unique for its kind within mesh and zone.</param>
/// <param name="Line">Line of the file on which its document begins; 0 when it did not come from a file.</param>
internal abstract record Resource(string Name, int Line)
{
    /// <summary>Zone the resource says it belongs to; null means the zone of the control plane that reads it.</summary>
    public string? Zone { get; init; }

    /// <summary>What makes two documents the same resource: kind, mesh, zone and name.</summary>
    public abstract ResourceKey Key { get; }
}

/// <summary>Identity of a resource.</summary>
/// <param name="Kind">The <c>type</c> of its document.</param>
/// <param name="Mesh">Mesh, null for resources outside meshes.</param>
/// <param name="Zone">Zone as written, null when not written.</param>
/// <param name="Name">Name.</param>
internal sealed record ResourceKey(string Kind, string? Mesh, string? Zone, string Name)
{
    public override string ToString() => $"{Kind} {(Mesh is null ? "" : Mesh + "/")}{Name}{(Zone is null ? "" : " of zone " + Zone)}";
}

/// <summary>A mesh.</summary>
internal sealed record MeshResource(string Name, int Line) : Resource(Name, Line)
{
    public const string Kind = "Mesh";

    /// <summary>Type of the enabled mTLS backend (<c>builtin</c>, <c>provided</c>, …); null when mTLS is off.</summary>
    public string? MtlsBackendType { get; init; }

    /// <summary>Whether certificates of the mesh come from the CA that this program keeps.</summary>
    public bool HasBuiltinCa => MtlsBackendType == "builtin";

    /// <summary>Whether <c>routing.zoneEgress</c> sends cross-zone traffic through the zone egress.</summary>
    public bool UsesZoneEgress { get; init; }

    /// <summary>Whether <c>routing.defaultForbidMeshExternalServiceAccess</c> closes every MeshExternalService of the mesh.</summary>
    public bool ForbidsMeshExternalServices { get; init; }

    /// <summary>Whether <c>meshServices.mode</c> is <c>Exclusive</c>, which takes the mesh out of availableServices.</summary>
    public bool HasExclusiveMeshServices { get; init; }

    public override ResourceKey Key => new(Kind, Mesh: null, Zone: null, Name);
}

/// <summary>A workload of a mesh with its inbounds.</summary>
internal sealed record DataplaneResource(string Mesh, string Name, int Line) : Resource(Name, Line)
{
    public const string Kind = "Dataplane";

    public ImmutableArray<DataplaneInbound> Inbounds { get; init; } = [];

    public override ResourceKey Key => new(Kind, Mesh, Zone, Name);
}

/// <summary>One port on which a workload's sidecar accepts mesh traffic.</summary>
/// <param name="Address">IP address or host name that proxies dial.</param>
/// <param name="Port">Port, 1 to 65535.</param>
/// <param name="Tags">Tags; <c>kuma.io/service</c> is always among them.</param>
/// <param name="IsReady">False for <c>health.ready: false</c> and for a <c>state</c> other than <c>Ready</c>.</param>
internal sealed record DataplaneInbound(string Address, int Port, TagSet Tags, bool IsReady);

/// <summary>A zone ingress.</summary>
internal sealed record ZoneIngressResource(string Name, int Line) : Resource(Name, Line)
{
    public const string Kind = "ZoneIngress";

    /// <summary>Address and port the ingress listens on.</summary>
    public required HostPort Networking { get; init; }

    /// <summary>What other zones dial; null when address or port is missing, and then other zones ignore the ingress.</summary>
    public HostPort? Advertised { get; init; }

    /// <summary>Port of the proxy's admin interface; null when not written.</summary>
    public int? AdminPort { get; init; }

    /// <summary>Services as written in the resource; null means that they are computed from the zone's Dataplanes.</summary>
    public ImmutableArray<AvailableService>? AvailableServices { get; init; }

    public override ResourceKey Key => new(Kind, Mesh: null, Zone, Name);
}

/// <summary>A zone egress.</summary>
internal sealed record ZoneEgressResource(string Name, int Line) : Resource(Name, Line)
{
    public const string Kind = "ZoneEgress";

    /// <summary>Address and port the egress listens on.</summary>
    public required HostPort Networking { get; init; }

    /// <summary>Port of the proxy's admin interface; null when not written.</summary>
    public int? AdminPort { get; init; }

    public override ResourceKey Key => new(Kind, Mesh: null, Zone, Name);
}

/// <summary>What a zone offers under one mesh and tag set. Protocol §7.</summary>
/// <param name="Mesh">Mesh of the instances.</param>
/// <param name="Tags">Tags that all instances share.</param>
/// <param name="Instances">Ready inbounds behind it, or external services.</param>
/// <param name="IsExternal">Whether it is an ExternalService that only this zone's egress reaches.</param>
internal sealed record AvailableService(string Mesh, TagSet Tags, uint Instances, bool IsExternal = false);

/// <summary>A host (IP address or name) and a port.</summary>
internal sealed record HostPort(string Host, int Port)
{
    /// <summary><c>host:port</c>, an IPv6 address in brackets.</summary>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
