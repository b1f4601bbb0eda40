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
    }

    /// <summary>Meshes by name.</summary>
    public FrozenDictionary<string, MeshResource> Meshes { get; }

    /// <summary>Dataplanes of all zones, by mesh and name.</summary>
    public ImmutableArray<DataplaneResource> Dataplanes { get; }

    /// <summary>Zone ingresses of all zones, by zone and name.</summary>
    public ImmutableArray<ZoneIngressResource> ZoneIngresses { get; }

    /// <summary>Zone egresses of all zones, by zone and name.</summary>
    public ImmutableArray<ZoneEgressResource> ZoneEgresses { get; }

    /// <summary>Number of resources.</summary>
    public int Count => Meshes.Count + Dataplanes.Length + ZoneIngresses.Length + ZoneEgresses.Length;

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
}

/// <summary>A resource that was left out because an earlier document has the same identity.</summary>
internal sealed record DuplicateResource(ResourceKey Key, string File, int Line, string FirstFile);
