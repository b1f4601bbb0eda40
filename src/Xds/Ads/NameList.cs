using System.Collections.Immutable;

namespace Zoneway.Xds.Ads;

/// <summary>The names that are subscribed to: sorted, so that requests and logs are the same for the same set.</summary>
internal sealed class NameList
{
    private HashSet<string> _set = [];
    private IReadOnlySet<string>? _given;

    /// <summary>All names, in ordinal order.</summary>
    public IReadOnlyList<string> Sorted { get; private set; } = [];

    /// <summary>How many there are.</summary>
    public int Count => Sorted.Count;

    /// <summary>Whether a name is in the list.</summary>
    public bool Contains(string name) => _set.Contains(name);

    /// <summary>Replaces the list by a copy of <paramref name="names"/>. The immutable set that was given last costs nothing to compare: this is asked after every response.</summary>
    public NameListChange Replace(IReadOnlySet<string> names)
    {
        if (names is IImmutableSet<string> && ReferenceEquals(names, _given))
        {
            return new([], []);
        }

        _given = names;
        var added = names.Where(name => !_set.Contains(name)).Order(StringComparer.Ordinal).ToList();
        var removed = Sorted.Where(name => !names.Contains(name)).ToList();
        if (added.Count > 0 || removed.Count > 0)
        {
            _set = new HashSet<string>(names, StringComparer.Ordinal);
            Sorted = [.. _set.Order(StringComparer.Ordinal)];
        }

        return new(added, removed);
    }
}

/// <summary>How a <see cref="NameList"/> changed.</summary>
internal readonly record struct NameListChange(IReadOnlyList<string> Added, IReadOnlyList<string> Removed)
{
    /// <summary>Nothing changed.</summary>
    public bool IsEmpty => Added.Count == 0 && Removed.Count == 0;
}
