using System.Collections;
using System.Collections.Concurrent;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Resources;

/// <summary>
/// The resources of one type: what was received last of each, and what of it is in force. Translates only what is new or changed.
/// One writer; <see cref="Received"/> may be read on any thread.
/// </summary>
/// <typeparam name="T">The domain record that these resources describe.</typeparam>
internal sealed class ResourceSet<T>
    where T : class
{
    private readonly ConcurrentDictionary<string, ResourceEntry<T>> _entries = new(StringComparer.Ordinal);
    private readonly Func<XdsResource, TranslationResult<T>> _translate;
    private readonly ResourceTypeStats _stats;

    public ResourceSet(Func<XdsResource, TranslationResult<T>> translate, ResourceTypeStats stats)
    {
        _translate = translate;
        _stats = stats;
        Received = new ReceivedResources(_entries);
    }

    /// <summary>A live view of what was received.</summary>
    public IReadOnlyCollection<XdsResource> Received { get; }

    /// <summary>Whether a resource of this name was received.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>What is in force under a name; null when nothing is.</summary>
    public T? InForce(string name) => _entries.GetValueOrDefault(name)?.InForce;

    /// <summary>Takes in a change and says what it means for the data plane.</summary>
    public ResourceSetChange<T> Apply(ResourceChange change)
    {
        var result = new ResourceSetChange<T>();
        var updated = change.Updated.Select(resource => resource.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in change.Removed)
        {
            if (!updated.Contains(name))
            {
                Remove(name, result);
            }
        }

        foreach (var resource in change.Updated)
        {
            Update(resource, result);
        }

        return result;
    }

    /// <summary>Forgets a resource that nothing refers to any more; false when it is not there.</summary>
    public bool Drop(string name)
    {
        if (!_entries.TryRemove(name, out var entry))
        {
            return false;
        }

        CountRemoved(entry);
        return true;
    }

    private void Remove(string name, ResourceSetChange<T> result)
    {
        if (!_entries.TryRemove(name, out var entry))
        {
            return;
        }

        CountRemoved(entry);
        result.RemovedCount++;
        result.RemoveReferences(entry);
        if (entry.InForce is not null)
        {
            result.Removed.Add(name);
        }
    }

    private void Update(XdsResource resource, ResourceSetChange<T> result)
    {
        var previous = _entries.GetValueOrDefault(resource.Name);
        if (previous is not null && previous.Resource.TypeUrl == resource.TypeUrl && previous.Resource.Value.Equals(resource.Value))
        {
            var same = previous with { Resource = resource };
            _entries[resource.Name] = same;
            result.UnchangedCount++;
            result.Problems.AddRange(same.Problems);
            return;
        }

        _stats.CountTranslation();
        var entry = ResourceEntry<T>.From(resource, _translate(resource), previous);
        _entries[resource.Name] = entry;
        if (previous is not null)
        {
            CountRemoved(previous);
        }

        _stats.CountResource(1, entry.Problems.Count > 0 ? 1 : 0);
        result.UpdatedCount++;
        result.AddReferences(entry);
        result.RemoveReferences(previous);
        result.Problems.AddRange(entry.Problems);
        result.Ignored.AddRange(entry.Ignored);
        if (!ReferenceEquals(entry.InForce, previous?.InForce))
        {
            NoteChange(resource.Name, entry.InForce, result);
        }
    }

    private static void NoteChange(string name, T? config, ResourceSetChange<T> result)
    {
        if (config is null)
        {
            result.Removed.Add(name);
        }
        else
        {
            result.Changed.Add(config);
        }
    }

    private void CountRemoved(ResourceEntry<T> entry) => _stats.CountResource(-1, entry.Problems.Count > 0 ? -1 : 0);

    private sealed class ReceivedResources(ConcurrentDictionary<string, ResourceEntry<T>> entries) : IReadOnlyCollection<XdsResource>
    {
        public int Count => entries.Count;

        public IEnumerator<XdsResource> GetEnumerator()
        {
            foreach (var (_, entry) in entries)
            {
                yield return entry.Resource;
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
