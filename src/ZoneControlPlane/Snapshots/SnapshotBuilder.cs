using Zoneway.ZoneControlPlane.Catalog;

namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>Makes the configuration of a proxy from the catalog.</summary>
internal static class SnapshotBuilder
{
    /// <summary>The configuration; null while there is no resource of the proxy's kind and name in this zone.</summary>
    public static ProxyResources? Build(ZoneCatalog catalog, ProxyNode node) => node.Kind switch
    {
        ProxyKind.Ingress => catalog.FindIngress(node.Name) is { } ingress ? IngressSnapshot.Build(catalog, ingress, node) : null,
        _ => catalog.FindEgress(node.Name) is { } egress ? EgressSnapshot.Build(catalog, egress, node) : null,
    };
}
