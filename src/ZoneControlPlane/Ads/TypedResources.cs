using System.Collections.Frozen;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>All resources of one type in a snapshot. Immutable.</summary>
/// <param name="Version">Version of the whole, in state-of-the-world answers.</param>
/// <param name="Items">The resources by name.</param>
internal sealed record TypedResources(string Version, FrozenDictionary<string, VersionedResource> Items)
{
    /// <summary>Whether two hold the same resources with the same content.</summary>
    public bool HasSameItems(TypedResources other) =>
        Items.Count == other.Items.Count
        && Items.All(item => other.Items.TryGetValue(item.Key, out var same) && same.Version == item.Value.Version);
}
