namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>
/// The URIs that name a mesh, a service and a tag in certificates, as Kuma forms them. Plain text: <see cref="Uri"/> would change the
/// case of a mesh name and add a slash behind it.
/// </summary>
internal static class SpiffeId
{
    /// <summary>Trust domain of a mesh, the SAN of its CA: <c>spiffe://mesh</c>.</summary>
    public static string OfMesh(string mesh) => $"spiffe://{mesh}";

    /// <summary>Identity of a service, the SAN that peers verify: <c>spiffe://mesh/service</c>.</summary>
    public static string OfService(string mesh, string service) => $"spiffe://{mesh}/{service}";

    /// <summary>A tag of the workload: <c>kuma://key/value</c>.</summary>
    public static string OfTag(string key, string value) => $"kuma://{key}/{value}";
}
