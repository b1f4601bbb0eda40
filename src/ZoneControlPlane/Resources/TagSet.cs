using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>The tags of an inbound or of an available service: sorted by key in byte order, compared by value.</summary>
internal sealed class TagSet : IEquatable<TagSet>
{
    /// <summary>Tag that names the service.</summary>
    public const string ServiceKey = "kuma.io/service";

    /// <summary>Tag that names the zone.</summary>
    public const string ZoneKey = "kuma.io/zone";

    private readonly ImmutableArray<KeyValuePair<string, string>> _tags;
    private readonly string _text;

    private TagSet(ImmutableArray<KeyValuePair<string, string>> sorted)
    {
        _tags = sorted;
        _text = string.Join(',', sorted.Select(static tag => $"{tag.Key}={tag.Value}"));
    }

    /// <summary>No tags.</summary>
    public static TagSet Empty { get; } = new([]);

    /// <summary>The tags, sorted by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags => _tags;

    /// <summary>Value of <see cref="ServiceKey"/>, null when absent.</summary>
    public string? Service => this[ServiceKey];

    /// <summary>Value of <see cref="ZoneKey"/>, null when absent.</summary>
    public string? Zone => this[ZoneKey];

    /// <summary>Value of a tag, null when absent.</summary>
    public string? this[string key]
    {
        get
        {
            foreach (var tag in _tags)
            {
                if (string.Equals(tag.Key, key, StringComparison.Ordinal))
                {
                    return tag.Value;
                }
            }

            return null;
        }
    }

    /// <summary>Makes a set; of a key given twice the last value counts.</summary>
    public static TagSet Of(IEnumerable<KeyValuePair<string, string>> tags)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            sorted[key] = value;
        }

        return sorted.Count == 0 ? Empty : new TagSet([.. sorted]);
    }

    /// <summary>This set with one tag more or changed.</summary>
    public TagSet With(string key, string value) => Of(_tags.Append(KeyValuePair.Create(key, value)));

    /// <summary>This set without a tag.</summary>
    public TagSet Without(string key) => Of(_tags.Where(tag => !string.Equals(tag.Key, key, StringComparison.Ordinal)));

    /// <summary>Whether another set has all these tags with the same values.</summary>
    public bool IsSubsetOf(TagSet other) => _tags.All(tag => string.Equals(other[tag.Key], tag.Value, StringComparison.Ordinal));

    /// <summary>Whether another set has one of these keys with another value.</summary>
    public bool Contradicts(TagSet other) => _tags.Any(tag => other[tag.Key] is { } value && !string.Equals(value, tag.Value, StringComparison.Ordinal));

    public bool Equals(TagSet? other) => other is not null && _tags.AsSpan().SequenceEqual(other._tags.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as TagSet);

    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>The tags as <c>key=value,key=value</c>: the form in a legacy SNI and the order Kuma sorts by.</summary>
    public override string ToString() => _text;
}
