using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>
/// Configuration of a zone egress, cross-zone half: for every service that other zones offer in meshes with mTLS and zone egress a
/// filter chain, a cluster, and as endpoints the ingresses of those zones, weighted by the instances behind them. Protocol §5.1–5.2.
/// </summary>
internal static class EgressSnapshot
{
    public static ProxyResources Build(ZoneCatalog catalog, ZoneEgressResource egress, ProxyNode node)
    {
        var meshes = catalog.Meshes.Where(static mesh => mesh.MtlsBackendType is not null && mesh.UsesZoneEgress).Select(static mesh => mesh.Name).ToHashSet(StringComparer.Ordinal);
        var services = RemoteServices(catalog)
            .Where(service => meshes.Contains(service.Mesh))
            .GroupBy(static service => (service.Mesh, service.Service), static service => service.Endpoint)
            .OrderBy(static service => service.Key.Mesh, StringComparer.Ordinal)
            .ThenBy(static service => service.Key.Service, StringComparer.Ordinal)
            .ToList();
        var chains = services.Select(static service => ProxyListener.PassThrough(service.Key.Mesh, service.Key.Service));
        return new ProxyResources(
            [.. services.Select(static service => ServiceCluster.Create(service.Key.Mesh, service.Key.Service, tracksRemaining: true))],
            [.. services.Select(static service => ServiceCluster.Assign(service.Key.Mesh, service.Key.Service, service))],
            services.Count > 0 ? [ProxyListener.Create(egress.Networking, node, chains)] : []);
    }

    // Replicas behind one advertised address are one way in; a replica whose services are not known yet does not stand in for the others.
    private static IEnumerable<(string Mesh, string Service, ServiceEndpoint Endpoint)> RemoteServices(ZoneCatalog catalog)
    {
        var taken = new HashSet<(string Address, int Port)>();
        foreach (var ingress in catalog.RemoteIngresses)
        {
            var available = catalog.AvailableServicesOf(ingress);
            if (available.IsEmpty || catalog.AddressOf(ingress.Advertised!.Host) is not { } address || !taken.Add((address, ingress.Advertised.Port)))
            {
                continue;
            }

            foreach (var service in available.Where(static service => service.Instances > 0))
            {
                yield return (service.Mesh, service.Tags.Service!, new ServiceEndpoint(address, ingress.Advertised.Port, service.Instances, service.Tags));
            }
        }
    }
}
