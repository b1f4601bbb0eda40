using System.Collections.Immutable;
using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Catalog;

/// <summary>Everything that one zone's proxies are configured from, as it is at one moment. Immutable.</summary>
internal sealed class ZoneCatalog
{
    private readonly ResourceSet _resources;
    private readonly ZoneWorkloads _workloads;
    private readonly ImmutableDictionary<ResourceKey, Resource> _registered;
    private readonly ImmutableDictionary<string, string> _addresses;

    /// <param name="zone">The zone served.</param>
    /// <param name="resources">Resources of all zones.</param>
    /// <param name="workloads">Computed from the same resources.</param>
    /// <param name="registered">Proxies of this zone that are connected and have sent their own resource; these come first.</param>
    /// <param name="addresses">Host names and the IP address each stands for.</param>
    public ZoneCatalog(
        string zone,
        ResourceSet resources,
        ZoneWorkloads workloads,
        ImmutableDictionary<ResourceKey, Resource> registered,
        ImmutableDictionary<string, string> addresses)
    {
        Zone = zone;
        _resources = resources;
        _workloads = workloads;
        _registered = registered;
        _addresses = addresses;
    }

    /// <summary>The zone served.</summary>
    public string Zone { get; }

    /// <summary>All meshes, by name.</summary>
    public IEnumerable<MeshResource> Meshes => _resources.Meshes.Values.OrderBy(static mesh => mesh.Name, StringComparer.Ordinal);

    /// <summary>Ingresses of other zones that can be dialled from here, by zone and name.</summary>
    public IEnumerable<ZoneIngressResource> RemoteIngresses =>
        _resources.ZoneIngresses.Where(ingress => ingress.Advertised is not null && !IsLocal(ingress));

    /// <summary>What proxies of each mesh need for TLS, by mesh; a mesh whose CA is not at hand is not among them.</summary>
    public ImmutableDictionary<string, MeshIdentity> Identities { get; init; } = ImmutableDictionary<string, MeshIdentity>.Empty;

    /// <summary>The ExternalServices of a mesh, by name.</summary>
    public IEnumerable<ExternalServiceResource> ExternalServicesOf(string mesh) => _resources.ExternalServices.Where(service => service.Mesh == mesh);

    /// <summary>The MeshExternalServices of a mesh, by name.</summary>
    public IEnumerable<MeshExternalServiceResource> MeshExternalServicesOf(string mesh) => _resources.MeshExternalServices.Where(service => service.Mesh == mesh);

    /// <summary>The TrafficPermissions of a mesh, by name.</summary>
    public IEnumerable<TrafficPermissionResource> TrafficPermissionsOf(string mesh) => _resources.TrafficPermissions.Where(permission => permission.Mesh == mesh);

    /// <summary>The MeshTrafficPermissions of a mesh, by name.</summary>
    public IEnumerable<MeshTrafficPermissionResource> MeshTrafficPermissionsOf(string mesh) => _resources.MeshTrafficPermissions.Where(permission => permission.Mesh == mesh);

    /// <summary>The MeshRateLimits of a mesh, by name.</summary>
    public IEnumerable<RateLimitResource> RateLimitsOf(string mesh) => _resources.RateLimits.Where(policy => policy.Mesh == mesh);

    /// <summary>The MeshFaultInjections of a mesh, by name.</summary>
    public IEnumerable<FaultInjectionResource> FaultInjectionsOf(string mesh) => _resources.FaultInjections.Where(policy => policy.Mesh == mesh);

    /// <summary>Whether a permission of this kind that cannot be read may be about an external service of a mesh.</summary>
    public bool HasBrokenPermission(string kind, string mesh, TagSet tags) =>
        _resources.BrokenPermissions.Any(permission => permission.Kind == kind && permission.Mesh == mesh && permission.Tags.IsSubsetOf(tags));

    /// <summary>Whether a mesh is defined.</summary>
    public bool HasMesh(string name) => _resources.Meshes.ContainsKey(name);

    /// <summary>An ingress of this zone; null when there is none of this name.</summary>
    public ZoneIngressResource? FindIngress(string name) =>
        FindRegistered<ZoneIngressResource>(name) ?? _resources.ZoneIngresses.FirstOrDefault(ingress => ingress.Name == name && IsLocal(ingress));

    /// <summary>Where the egresses of this zone listen.</summary>
    public IEnumerable<HostPort> LocalEgresses =>
        _registered.Values.Concat(_resources.ZoneEgresses.Where(IsLocal)).OfType<ZoneEgressResource>()
            .DistinctBy(static egress => egress.Name, StringComparer.Ordinal)
            .OrderBy(static egress => egress.Name, StringComparer.Ordinal)
            .Select(static egress => egress.Networking);

    /// <summary>The ExternalServices of a mesh that an egress of this zone reaches itself: those tied to no zone or to this one. Protocol §5.2.</summary>
    public IEnumerable<ExternalServiceResource> ReachableExternalServicesOf(string mesh) =>
        ExternalServicesOf(mesh).Where(service => service.Tags.Zone is null || service.Tags.Zone == Zone);

    /// <summary>An egress of this zone; null when there is none of this name.</summary>
    public ZoneEgressResource? FindEgress(string name) =>
        FindRegistered<ZoneEgressResource>(name) ?? _resources.ZoneEgresses.FirstOrDefault(egress => egress.Name == name && IsLocal(egress));

    /// <summary>What an ingress leads to: as its resource says, else as computed for its zone. Protocol §7.2.</summary>
    public ImmutableArray<AvailableService> AvailableServicesOf(ZoneIngressResource ingress) =>
        ingress.AvailableServices ?? _workloads.AvailableServicesOf(ingress.Zone ?? Zone);

    /// <summary>The ready instances of a service in this zone.</summary>
    public IEnumerable<WorkloadInstance> InstancesOf(string mesh, string service) => _workloads.InstancesOf(Zone, mesh, service);

    /// <summary>The IP address of a host; null for a name that has not been resolved.</summary>
    public string? AddressOf(string host) => System.Net.IPAddress.TryParse(host, out _) ? host : _addresses.GetValueOrDefault(host);

    private bool IsLocal(Resource resource) => resource.Zone is null || resource.Zone == Zone;

    private T? FindRegistered<T>(string name)
        where T : Resource => _registered.Values.OfType<T>().FirstOrDefault(resource => resource.Name == name);
}
