using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>All resources of a directory at one moment, each once. Immutable.</summary>
internal sealed class ResourceSet
{
    /// <summary>No resources.</summary>
    public static ResourceSet Empty { get; } = new([]);

    private ResourceSet(IReadOnlyCollection<Resource> resources)
    {
        Meshes = resources.OfType<MeshResource>().ToFrozenDictionary(static mesh => mesh.Name, StringComparer.Ordinal);
        Dataplanes = [.. resources.OfType<DataplaneResource>().OrderBy(static dp => dp.Mesh, StringComparer.Ordinal).ThenBy(static dp => dp.Name, StringComparer.Ordinal)];
        ZoneIngresses = [.. resources.OfType<ZoneIngressResource>().OrderBy(static zi => zi.Zone, StringComparer.Ordinal).ThenBy(static zi => zi.Name, StringComparer.Ordinal)];
        ZoneEgresses = [.. resources.OfType<ZoneEgressResource>().OrderBy(static ze => ze.Zone, StringComparer.Ordinal).ThenBy(static ze => ze.Name, StringComparer.Ordinal)];
        ExternalServices = [.. InOrder(resources.OfType<ExternalServiceResource>(), static service => service.Mesh)];
        MeshExternalServices = [.. InOrder(resources.OfType<MeshExternalServiceResource>(), static service => service.Mesh)];
        TrafficPermissions = [.. InOrder(resources.OfType<TrafficPermissionResource>(), static permission => permission.Mesh)];
        MeshTrafficPermissions = [.. InOrder(resources.OfType<MeshTrafficPermissionResource>(), static permission => permission.Mesh)];
        RateLimits = [.. InOrder(resources.OfType<RateLimitResource>(), static policy => policy.Mesh)];
        FaultInjections = [.. InOrder(resources.OfType<FaultInjectionResource>(), static policy => policy.Mesh)];
        BrokenPermissions = [.. InOrder(resources.OfType<BrokenPermissionResource>(), static permission => permission.Mesh)];
        Count = resources.Count;
    }

    /// <summary>Meshes by name.</summary>
    public FrozenDictionary<string, MeshResource> Meshes { get; }

    /// <summary>Dataplanes of all zones, by mesh and name.</summary>
    public ImmutableArray<DataplaneResource> Dataplanes { get; }

    /// <summary>Zone ingresses of all zones, by zone and name.</summary>
    public ImmutableArray<ZoneIngressResource> ZoneIngresses { get; }

    /// <summary>Zone egresses of all zones, by zone and name.</summary>
    public ImmutableArray<ZoneEgressResource> ZoneEgresses { get; }

    /// <summary>External services of all meshes, by mesh and name.</summary>
    public ImmutableArray<ExternalServiceResource> ExternalServices { get; }

    /// <summary>MeshExternalServices of all meshes, by mesh and name.</summary>
    public ImmutableArray<MeshExternalServiceResource> MeshExternalServices { get; }

    /// <summary>TrafficPermissions of all meshes, by mesh and name.</summary>
    public ImmutableArray<TrafficPermissionResource> TrafficPermissions { get; }

    /// <summary>MeshTrafficPermissions of all meshes, by mesh and name.</summary>
    public ImmutableArray<MeshTrafficPermissionResource> MeshTrafficPermissions { get; }

    /// <summary>MeshRateLimits of all meshes, by mesh and name.</summary>
    public ImmutableArray<RateLimitResource> RateLimits { get; }

    /// <summary>MeshFaultInjections of all meshes, by mesh and name.</summary>
    public ImmutableArray<FaultInjectionResource> FaultInjections { get; }

    /// <summary>Permissions that are wrong and never were right, of all meshes.</summary>
    public ImmutableArray<BrokenPermissionResource> BrokenPermissions { get; }

    /// <summary>Number of resources.</summary>
    public int Count { get; }

    /// <summary>Puts files together. Of a resource that is given several times the first, in the order of the files, counts.</summary>
    /// <param name="files">File names and their resources, in the order of their names.</param>
    /// <param name="duplicates">What was left out.</param>
    public static ResourceSet Of(IEnumerable<(string File, ImmutableArray<Resource> Resources)> files, out IReadOnlyList<DuplicateResource> duplicates)
    {
        var kept = new Dictionary<ResourceKey, (Resource Resource, string File)>();
        var leftOut = new List<DuplicateResource>();
        foreach (var (file, resources) in files)
        {
            foreach (var resource in resources)
            {
                if (!kept.TryAdd(resource.Key, (resource, file)))
                {
                    leftOut.Add(new DuplicateResource(resource.Key, file, resource.Line, kept[resource.Key].File));
                }
            }
        }

        duplicates = leftOut;
        return new ResourceSet([.. kept.Values.Select(static entry => entry.Resource)]);
    }

    private static IEnumerable<T> InOrder<T>(IEnumerable<T> resources, Func<T, string> meshOf)
        where T : Resource => resources.OrderBy(meshOf, StringComparer.Ordinal).ThenBy(static resource => resource.Name, StringComparer.Ordinal);
}

/// <summary>A resource that was left out because an earlier document has the same identity.</summary>
internal sealed record DuplicateResource(ResourceKey Key, string File, int Line, string FirstFile);
