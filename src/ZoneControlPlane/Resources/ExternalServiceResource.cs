using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>A destination outside the mesh, in the form with tags. Several of one <c>kuma.io/service</c> are one service with several endpoints.</summary>
internal sealed record ExternalServiceResource(string Mesh, string Name, int Line) : Resource(Name, Line)
{
    public const string Kind = "ExternalService";

    /// <summary>Tags; <c>kuma.io/service</c> is always among them.</summary>
    public required TagSet Tags { get; init; }

    /// <summary>Host (name or IP address) and port of the destination.</summary>
    public required HostPort Endpoint { get; init; }

    /// <summary>How TLS is spoken to it; null for none.</summary>
    public UpstreamTls? Tls { get; init; }

    public override ResourceKey Key => new(Kind, Mesh, Zone, Name);
}

/// <summary>A destination outside the mesh, in the form with a <c>spec</c>.</summary>
internal sealed record MeshExternalServiceResource(string Mesh, string Name, int Line) : Resource(Name, Line)
{
    public const string Kind = "MeshExternalService";

    /// <summary>Namespace it was made in (label <c>k8s.kuma.io/namespace</c>); empty for none.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Name its SNI is made of: label <c>kuma.io/display-name</c>, else <see cref="Resource.Name"/>.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>Port that clients ask for: part of SNI and names.</summary>
    public int Port { get; init; }

    public ServiceProtocol Protocol { get; init; }

    /// <summary>Hosts and ports of the destination; without any the service is left out.</summary>
    public ImmutableArray<HostPort> Endpoints { get; init; } = [];

    /// <summary>How TLS is spoken to it; null for none.</summary>
    public UpstreamTls? Tls { get; init; }

    public override ResourceKey Key => new(Kind, Mesh, Zone, Name);
}
