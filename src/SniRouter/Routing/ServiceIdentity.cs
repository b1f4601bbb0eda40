namespace Zoneway.SniRouter.Routing;

/// <summary>A port of a Kuma service resource, as far as an SNI and a cluster name tell of it (protocol §6).</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mesh">Its mesh.</param>
/// <param name="Zone">Its zone; empty when it has none, null when that is not known.</param>
/// <param name="Namespace">Its namespace; empty when it has none (Universal).</param>
/// <param name="Name">Its display name.</param>
/// <param name="Section">Name of the port, or its number where it has no name or none is known.</param>
/// <param name="Port">Number of the port; 0 when only its name is known.</param>
internal sealed record ServiceIdentity(ServiceKind Kind, string Mesh, string? Zone, string Namespace, string Name, string Section, ushort Port)
{
    /// <summary>Whether another identity can be the same port of the same service. A zone or number that is not known can be any.</summary>
    public bool IsCompatibleWith(ServiceIdentity other) =>
        this with { Zone = null, Port = 0 } == other with { Zone = null, Port = 0 }
        && (Zone is null || other.Zone is null || Zone == other.Zone)
        && (Port == 0 || other.Port == 0 || Port == other.Port);
}

/// <summary>Kinds of services, with their names in resource identifiers and in hashed SNIs.</summary>
internal enum ServiceKind
{
    /// <summary>MeshService: <c>msvc</c>, <c>ms</c>.</summary>
    MeshService,

    /// <summary>MeshExternalService: <c>extsvc</c>, <c>mes</c>.</summary>
    MeshExternalService,

    /// <summary>MeshMultiZoneService: <c>mzsvc</c>, <c>mzms</c>.</summary>
    MeshMultiZoneService,
}
