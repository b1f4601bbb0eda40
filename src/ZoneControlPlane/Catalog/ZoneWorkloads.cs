using System.Collections.Frozen;
using System.Collections.Immutable;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Catalog;

/// <summary>
/// The ready inbounds of all Dataplanes, by zone, and the availableServices that follow from them and from the external services that are
/// tied to a zone. Immutable. Protocol §5.2, §7.2.
/// </summary>
internal sealed class ZoneWorkloads
{
    private readonly FrozenDictionary<string, Zone> _zones;

    /// <param name="resources">Resources of all zones; meshes that are not defined there have no workloads.</param>
    /// <param name="localZone">Zone of what names none.</param>
    public ZoneWorkloads(ResourceSet resources, string localZone)
    {
        var instances = resources.Dataplanes
            .Where(dataplane => resources.Meshes.ContainsKey(dataplane.Mesh))
            .SelectMany(dataplane => InstancesOf(dataplane, localZone))
            .ToLookup(static instance => instance.Zone, StringComparer.Ordinal);
        var external = resources.ExternalServices
            .Where(service => service.Tags.Zone is not null && resources.Meshes.TryGetValue(service.Mesh, out var mesh) && mesh is { UsesZoneEgress: true, MtlsBackendType: not null })
            .ToLookup(static service => service.Tags.Zone!, StringComparer.Ordinal);
        _zones = instances.Select(static zone => zone.Key).Union(external.Select(static zone => zone.Key), StringComparer.Ordinal)
            .ToFrozenDictionary(static zone => zone, zone => new Zone([.. instances[zone]], external[zone], resources.Meshes), StringComparer.Ordinal);
    }

    /// <summary>The services a zone offers, sorted by mesh and tags; instances with the same mesh and tags are one entry.</summary>
    public ImmutableArray<AvailableService> AvailableServicesOf(string zone) =>
        _zones.TryGetValue(zone, out var found) ? found.AvailableServices : [];

    /// <summary>The instances of one service in one zone, in the order of their Dataplanes.</summary>
    public IEnumerable<WorkloadInstance> InstancesOf(string zone, string mesh, string service) =>
        _zones.TryGetValue(zone, out var found) ? found.ByService[(mesh, service)] : [];

    // A zone control plane writes its zone into the tags of every inbound; the zone may be said by the tag itself or by a label.
    private static IEnumerable<WorkloadInstance> InstancesOf(DataplaneResource dataplane, string localZone)
    {
        foreach (var inbound in dataplane.Inbounds.Where(static inbound => inbound.IsReady))
        {
            var zone = inbound.Tags.Zone ?? dataplane.Zone ?? localZone;
            yield return new WorkloadInstance(dataplane.Mesh, zone, new HostPort(inbound.Address, inbound.Port), inbound.Tags.With(TagSet.ZoneKey, zone));
        }
    }

    private sealed class Zone
    {
        public Zone(ImmutableArray<WorkloadInstance> instances, IEnumerable<ExternalServiceResource> external, FrozenDictionary<string, MeshResource> meshes)
        {
            ByService = instances.ToLookup(static instance => (instance.Mesh, instance.Tags.Service!));
            AvailableServices =
            [
                .. instances.Select(static instance => (instance.Mesh, instance.Tags, IsExternal: false))
                    .Concat(external.Select(static service => (service.Mesh, service.Tags, IsExternal: true)))
                    .Where(offer => !meshes[offer.Mesh].HasExclusiveMeshServices)
                    .GroupBy(static offer => offer)
                    .Select(static group => new AvailableService(group.Key.Mesh, group.Key.Tags, (uint)group.Count(), group.Key.IsExternal))
                    .OrderBy(static service => service.Mesh, StringComparer.Ordinal)
                    .ThenBy(static service => service.Tags.ToString(), StringComparer.Ordinal),
            ];
        }

        public ILookup<(string Mesh, string Service), WorkloadInstance> ByService { get; }

        public ImmutableArray<AvailableService> AvailableServices { get; }
    }
}

/// <summary>A ready inbound.</summary>
/// <param name="Mesh">Its mesh.</param>
/// <param name="Zone">Its zone.</param>
/// <param name="Endpoint">Where it is dialled.</param>
/// <param name="Tags">Its tags; service and zone are always among them.</param>
internal sealed record WorkloadInstance(string Mesh, string Zone, HostPort Endpoint, TagSet Tags);
