using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>
/// Configuration of a zone ingress: for every available service of the zone a filter chain, a cluster and the zone's own instances.
/// There are no routes in this control plane, so a service has one destination, the one without tags. An external service that is tied to
/// the zone has the zone's egresses as instances. Protocol §4.1, §5.2.
/// </summary>
internal static class IngressSnapshot
{
    public static ProxyResources Build(ZoneCatalog catalog, ZoneIngressResource ingress, ProxyNode node)
    {
        var services = catalog.AvailableServicesOf(ingress)
            .Where(available => catalog.HasMesh(available.Mesh))
            .Select(static available => (available.Mesh, Service: available.Tags.Service!))
            .Distinct()
            .ToList();
        var chains = services.Select(static service => ProxyListener.PassThrough(service.Mesh, service.Service));
        var listener = ProxyListener.Create(ingress.Networking, node, services.Count > 0 ? chains : [ProxyListener.NothingToServe(node, catalog.Zone)]);
        return new ProxyResources(
            [.. services.Select(static service => ServiceCluster.Create(service.Mesh, service.Service, tracksRemaining: false))],
            [.. services.Select(service => ServiceCluster.Assign(service.Mesh, service.Service, EndpointsOf(catalog, service.Mesh, service.Service)))],
            [listener]);
    }

    private static IEnumerable<ServiceEndpoint> EndpointsOf(ZoneCatalog catalog, string mesh, string service)
    {
        var external = catalog.ExternalServicesOf(mesh).FirstOrDefault(external => external.Tags.Service == service && external.Tags.Zone == catalog.Zone);
        foreach (var egress in external is null ? [] : catalog.LocalEgresses)
        {
            if (catalog.AddressOf(egress.Host) is { } address)
            {
                yield return new ServiceEndpoint(address, egress.Port, Weight: 1, external!.Tags);
            }
        }

        foreach (var instance in catalog.InstancesOf(mesh, service))
        {
            if (catalog.AddressOf(instance.Endpoint.Host) is { } address)
            {
                yield return new ServiceEndpoint(address, instance.Endpoint.Port, Weight: 1, instance.Tags);
            }
        }
    }
}
