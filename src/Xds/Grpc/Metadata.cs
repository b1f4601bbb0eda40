using System.Buffers;
using System.Collections;

namespace Zoneway.Xds.Grpc;

/// <summary>
/// Headers or trailers of a call, in order; keys may repeat and are lower case.
/// </summary>
/// <remarks>Values are text. Those of keys ending in <c>-bin</c> stay in the base64 form they have on the wire.</remarks>
internal sealed class Metadata : IReadOnlyCollection<Metadata.Entry>
{
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz_-.");

    private readonly List<Entry> _entries = [];

    /// <summary>One key with one value.</summary>
    public readonly record struct Entry(string Key, string Value);

    /// <summary>New metadata without entries.</summary>
    public static Metadata Empty => [];

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <summary>Adds an entry. The key is made lower case.</summary>
    /// <exception cref="ArgumentException">Key or value has characters that gRPC does not allow in a header ("gRPC over HTTP2": Custom-Metadata).</exception>
    public void Add(string key, string value)
    {
        var lowerCaseKey = key.ToLowerInvariant();
        if (lowerCaseKey.Length == 0 || lowerCaseKey.AsSpan().ContainsAnyExcept(KeyCharacters))
        {
            throw new ArgumentException("A metadata key consists of letters, digits, '_', '-' and '.'.", nameof(key));
        }

        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            // The value may be a token: it must not get into a message.
            throw new ArgumentException($"The value of metadata '{lowerCaseKey}' has characters other than printable ASCII.", nameof(value));
        }

        _entries.Add(new(lowerCaseKey, value));
    }

    /// <summary>The last value of a key, which is lower case, or null.</summary>
    public string? GetValue(string key)
    {
        var index = _entries.FindLastIndex(entry => entry.Key == key);
        return index < 0 ? null : _entries[index].Value;
    }

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // What a peer sent has passed the HTTP/2 parser; it is shown as it came.
    internal void AddReceived(string key, string value) => _entries.Add(new(key.ToLowerInvariant(), value));
}
