using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Zoneway.Termination.Rbac;

/// <summary>Values of one input, each with what follows (Matcher.MatcherTree): whole values, or beginnings, of which the longest counts.</summary>
public sealed record RbacMatchMap
{
    private readonly FrozenDictionary<string, RbacOnMatch> _entries;
    private readonly ImmutableArray<int> _lengths;

    /// <param name="input">What is looked up.</param>
    /// <param name="isPrefix">Whether the values are beginnings.</param>
    /// <param name="entries">The values.</param>
    public RbacMatchMap(RbacInput input, bool isPrefix, IEnumerable<KeyValuePair<string, RbacOnMatch>> entries)
    {
        _entries = entries.ToFrozenDictionary(StringComparer.Ordinal);
        _lengths = isPrefix ? [.. _entries.Keys.Select(static key => key.Length).Distinct().OrderDescending()] : [];
        (Input, IsPrefix) = (input, isPrefix);
    }

    /// <summary>What is looked up.</summary>
    public RbacInput Input { get; }

    /// <summary>Whether the values are beginnings.</summary>
    public bool IsPrefix { get; }

    /// <summary>The values.</summary>
    public IReadOnlyDictionary<string, RbacOnMatch> Entries => _entries;

    /// <summary>The action that follows; null for none.</summary>
    internal RbacMatchAction? Find(TerminatedConnection connection, HttpRequest? request)
    {
        using var text = RbacInputText.Read(Input, connection);
        if (!text.IsThere)
        {
            return null;
        }

        var lookup = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!IsPrefix)
        {
            return lookup.TryGetValue(text.Value, out var exact) ? exact.Find(connection, request) : null;
        }

        foreach (var length in _lengths)
        {
            if (length <= text.Value.Length && lookup.TryGetValue(text.Value[..length], out var onMatch) && onMatch.Find(connection, request) is { } action)
            {
                return action;
            }
        }

        return null;
    }
}
