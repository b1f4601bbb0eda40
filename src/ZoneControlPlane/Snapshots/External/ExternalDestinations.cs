using System.Collections.Immutable;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>The external services that an egress of this zone ends TLS for. Protocol §5.2, §5.3.</summary>
internal static class ExternalDestinations
{
    private const string NameTag = "kuma.io/external-service-name";
    private const string HostTag = "zoneway.io/external-host";

    /// <summary>Both forms, of meshes with a CA of ours, each server name once, in the order of their meshes and names.</summary>
    /// <param name="catalog">What there is.</param>
    /// <param name="passedThrough">Clusters of services of other zones; such a service has its name first.</param>
    public static IReadOnlyList<ExternalDestination> Of(ZoneCatalog catalog, IReadOnlySet<string> passedThrough)
    {
        var meshes = catalog.Meshes.Where(static mesh => mesh.HasBuiltinCa);
        return
        [
            .. meshes
                .SelectMany(mesh => OfTags(catalog, mesh).Concat(OfSpec(catalog, mesh)))
                .Where(destination => !passedThrough.Contains(destination.Cluster))
                .DistinctBy(static destination => destination.ServerName, StringComparer.Ordinal)
                .DistinctBy(static destination => destination.Cluster, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<ExternalDestination> OfTags(ZoneCatalog catalog, MeshResource mesh) =>
        from external in catalog.ReachableExternalServicesOf(mesh.Name)
        group external by external.Tags.Service into service
        orderby service.Key
        select OfTags(catalog, mesh.Name, service.Key, [.. service]);

    private static ExternalDestination OfTags(ZoneCatalog catalog, string mesh, string service, ImmutableArray<ExternalServiceResource> members)
    {
        var protocols = members.Select(static member => ServiceProtocols.Of(member.Tags)).Distinct().ToList();
        return new ExternalDestination
        {
            Mesh = mesh,
            ServerName = XdsNames.ServerName(mesh, service),
            ChainName = $"{service}_{mesh}",
            Cluster = XdsNames.Cluster(mesh, service),
            RouteName = $"outbound:{service}",
            Service = service,
            Protocol = protocols is [var only] ? only : ServiceProtocol.Tcp,
            Access = ServicePermissions.For(catalog, mesh, members[0].Tags),
            Limit = ServicePolicies.LimitOf(catalog, mesh, members[0].Tags),
            Faults = ServicePolicies.FaultsOf(catalog, mesh, members[0].Tags),
            Endpoints = [.. members.Select(member => EndpointOf(mesh, member))],
        };
    }

    private static ExternalEndpoint EndpointOf(string mesh, ExternalServiceResource service)
    {
        var tags = service.Tags.Without(TagSet.ServiceKey).With(XdsNames.MeshTag, mesh);
        tags = service.Tls is null ? tags : tags.With(NameTag, service.Name);
        return new ExternalEndpoint(service.Endpoint, tags, service.Tls, tags);
    }

    private static IEnumerable<ExternalDestination> OfSpec(ZoneCatalog catalog, MeshResource mesh) =>
        catalog.MeshExternalServicesOf(mesh.Name)
            .Where(service => (service.Zone is null || service.Zone == catalog.Zone) && !service.Endpoints.IsEmpty)
            .Select(service => OfSpec(mesh, service));

    private static ExternalDestination OfSpec(MeshResource mesh, MeshExternalServiceResource service)
    {
        var name = $"{mesh.Name}_{service.Name}_{service.Namespace}_{service.Zone}_extsvc_{service.Port}";
        return new ExternalDestination
        {
            Mesh = mesh.Name,
            ServerName = ResourceServerName.OfMeshExternalService(service.DisplayName, mesh.Name, service.Port),
            ChainName = name,
            Cluster = name,
            RouteName = name,
            Service = name,
            Protocol = service.Protocol,
            Access = mesh.ForbidsMeshExternalServices ? AccessRules.DenyAll : AccessRules.AllowAll,
            Endpoints = EndpointsOf(mesh.Name, service),
            SubZone = "priority-0",
        };
    }

    // Kuma writes TLS settings that fit every endpoint. Where the hosts differ and no server name is given each needs its own.
    private static ImmutableArray<ExternalEndpoint> EndpointsOf(string mesh, MeshExternalServiceResource service)
    {
        var tags = TagSet.Empty.With(XdsNames.MeshTag, mesh);
        var needsHosts = service.Tls is { ServerName: null } && service.Endpoints.Select(static endpoint => endpoint.Host).Distinct(StringComparer.Ordinal).Count() > 1;
        return
        [
            .. service.Endpoints.Select(endpoint => needsHosts
                ? new ExternalEndpoint(endpoint, tags.With(HostTag, endpoint.Host), service.Tls, TagSet.Empty.With(HostTag, endpoint.Host))
                : new ExternalEndpoint(endpoint, tags, service.Tls, TagSet.Empty)),
        ];
    }
}
