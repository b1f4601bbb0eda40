namespace Zoneway.TwoZones;

/// <summary>A service of a mesh, by the names it has on the wire.</summary>
/// <param name="Mesh">Name of the mesh.</param>
/// <param name="Name">Value of its tag <c>kuma.io/service</c>.</param>
internal sealed record MeshService(string Mesh, string Name)
{
    /// <summary>SNI that leads to the service, such as <c>backend{mesh=default}</c>. Protocol §6.1.</summary>
    public string ServerName => $"{Name}{{mesh={Mesh}}}";

    /// <summary>Identity in the certificates of the service's instances.</summary>
    public string SpiffeId => $"spiffe://{Mesh}/{Name}";

    public override string ToString() => $"{Mesh}/{Name}";
}
