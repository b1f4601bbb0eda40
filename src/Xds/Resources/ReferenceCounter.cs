using System.Collections.Immutable;

namespace Zoneway.Xds.Resources;

/// <summary>Names that others refer to, each as often as it is referred to. One writer; <see cref="Names"/> may be read on any thread.</summary>
internal sealed class ReferenceCounter
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private volatile ImmutableHashSet<string> _names = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The names referred to at least once, as they are at this moment.</summary>
    public ImmutableHashSet<string> Names => _names;

    /// <summary>Counts references, the new ones first.</summary>
    /// <returns>The names that nothing refers to any more.</returns>
    public IReadOnlyList<string> Apply(IReadOnlyCollection<string> added, IReadOnlyCollection<string> removed)
    {
        if (added.Count == 0 && removed.Count == 0)
        {
            return [];
        }

        var names = _names.ToBuilder();
        foreach (var name in added)
        {
            _counts[name] = _counts.GetValueOrDefault(name) + 1;
            names.Add(name);
        }

        var ended = new List<string>();
        foreach (var name in removed)
        {
            if (--_counts[name] == 0)
            {
                _counts.Remove(name);
                names.Remove(name);
                ended.Add(name);
            }
        }

        _names = names.ToImmutable();
        return ended;
    }
}
