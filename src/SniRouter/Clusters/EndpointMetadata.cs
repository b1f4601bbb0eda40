using System.Collections;
using System.Collections.Immutable;

namespace Zoneway.SniRouter.Clusters;

/// <summary>
/// The keys and values under <c>filter_metadata["envoy.lb"]</c>: what an endpoint offers, or what a route asks for.
/// Immutable; equal when all keys and values are, whatever the order they came in.
/// </summary>
public sealed class EndpointMetadata : IEquatable<EndpointMetadata>, IEnumerable<KeyValuePair<string, MetadataValue>>
{
    private readonly ImmutableArray<KeyValuePair<string, MetadataValue>> _sorted;
    private readonly int _hashCode;

    /// <summary>Takes the pairs in any order; of a key given twice the last one counts.</summary>
    public EndpointMetadata(IEnumerable<KeyValuePair<string, MetadataValue>> pairs)
    {
        var sorted = new SortedDictionary<string, MetadataValue>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs)
        {
            sorted[key] = value;
        }

        _sorted = [.. sorted];
        var hash = new HashCode();
        foreach (var pair in _sorted)
        {
            hash.Add(pair.Key);
            hash.Add(pair.Value);
        }

        _hashCode = hash.ToHashCode();
    }

    /// <summary>No keys at all.</summary>
    public static EndpointMetadata Empty { get; } = new([]);

    /// <summary>Number of keys.</summary>
    public int Count => _sorted.Length;

    /// <summary>The keys in ordinal order.</summary>
    public IEnumerable<string> Keys
    {
        get
        {
            foreach (var pair in _sorted)
            {
                yield return pair.Key;
            }
        }
    }

    /// <summary>Finds the value of a key.</summary>
    public bool TryGetValue(string key, out MetadataValue value)
    {
        foreach (var pair in _sorted)
        {
            if (string.Equals(pair.Key, key, StringComparison.Ordinal))
            {
                value = pair.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The part with the given keys, or null when one of them is missing.</summary>
    public EndpointMetadata? Restrict(ImmutableArray<string> keys)
    {
        var pairs = new List<KeyValuePair<string, MetadataValue>>(keys.Length);
        foreach (var key in keys)
        {
            if (!TryGetValue(key, out var value))
            {
                return null;
            }

            pairs.Add(new(key, value));
        }

        return new EndpointMetadata(pairs);
    }

    /// <inheritdoc/>
    public bool Equals(EndpointMetadata? other)
    {
        if (other is null || _hashCode != other._hashCode || Count != other.Count)
        {
            return false;
        }

        // By hand: the pair's own Equals would box both, for every connection.
        for (var i = 0; i < Count; i++)
        {
            if (!string.Equals(_sorted[i].Key, other._sorted[i].Key, StringComparison.Ordinal) || _sorted[i].Value != other._sorted[i].Value)
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EndpointMetadata);

    /// <inheritdoc/>
    public override int GetHashCode() => _hashCode;

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', _sorted.Select(pair => $"{pair.Key}={pair.Value}"));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, MetadataValue>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, MetadataValue>>)_sorted).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
