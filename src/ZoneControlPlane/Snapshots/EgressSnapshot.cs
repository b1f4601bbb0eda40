using System.Net;
using System.Net.Sockets;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Snapshots.External;

namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>
/// Configuration of a zone egress. Services that other zones offer, in meshes with mTLS and zone egress: a filter chain that passes TLS
/// through, a cluster, and as endpoints the ingresses of those zones, weighted by the instances behind them. External services, in meshes
/// with a CA: a filter chain that ends TLS, a cluster, and the secrets of the mesh. Protocol §5.
/// </summary>
internal static class EgressSnapshot
{
    public static ProxyResources Build(ZoneCatalog catalog, ZoneEgressResource egress, ProxyNode node)
    {
        var meshes = catalog.Meshes.Where(static mesh => mesh.MtlsBackendType is not null && mesh.UsesZoneEgress).Select(static mesh => mesh.Name).ToHashSet(StringComparer.Ordinal);
        var services = RemoteServices(catalog)
            .Where(service => meshes.Contains(service.Mesh) && !(service.IsExternal && IsReachedFromHere(catalog, service.Mesh, service.Service)))
            .GroupBy(static service => (service.Mesh, service.Service), static service => service.Endpoint)
            .OrderBy(static service => service.Key.Mesh, StringComparer.Ordinal)
            .ThenBy(static service => service.Key.Service, StringComparer.Ordinal)
            .ToList();
        var external = ExternalDestinations.Of(catalog, services.Select(static service => XdsNames.Cluster(service.Key.Mesh, service.Key.Service)).ToHashSet(StringComparer.Ordinal));
        var usesIpv6 = IPAddress.TryParse(egress.Networking.Host, out var listening) && listening.AddressFamily == AddressFamily.InterNetworkV6;
        var clusters = services.Select(static service => ServiceCluster.Create(service.Key.Mesh, service.Key.Service, tracksRemaining: true))
            .Concat(external.Select(destination => ExternalCluster.Create(destination, usesIpv6, node.SystemCaPath)));
        var chains = services.Select(static service => ProxyListener.PassThrough(service.Key.Mesh, service.Key.Service))
            .Concat(external.Select(ExternalChain.Create))
            .ToList();
        return new ProxyResources(
            [.. clusters.OrderBy(static cluster => cluster.Name, StringComparer.Ordinal)],
            [.. services.Select(static service => ServiceCluster.Assign(service.Key.Mesh, service.Key.Service, service))],
            chains.Count > 0 ? [ProxyListener.Create(egress.Networking, node, chains)] : [])
        {
            Secrets = [.. SecretsOf(catalog, external)],
        };
    }

    private static bool IsReachedFromHere(ZoneCatalog catalog, string mesh, string service) =>
        catalog.ReachableExternalServicesOf(mesh).Any(external => external.Tags.Service == service);

    private static IEnumerable<Secret> SecretsOf(ZoneCatalog catalog, IEnumerable<ExternalDestination> external) =>
        external.Select(static destination => destination.Mesh).Distinct(StringComparer.Ordinal)
            .SelectMany(mesh => catalog.Identities.TryGetValue(mesh, out var identity) ? MeshTls.SecretsOf(mesh, identity) : []);

    // Replicas behind one advertised address are one way in; a replica whose services are not known yet does not stand in for the others.
    private static IEnumerable<(string Mesh, string Service, bool IsExternal, ServiceEndpoint Endpoint)> RemoteServices(ZoneCatalog catalog)
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
                yield return (service.Mesh, service.Tags.Service!, service.IsExternal, new ServiceEndpoint(address, ingress.Advertised.Port, service.Instances, service.Tags));
            }
        }
    }
}
