using System.Text.RegularExpressions;

namespace Zoneway.MutualTls;

/// <summary>A condition on a text (envoy.type.matcher.v3.StringMatcher). Immutable; safe on any thread.</summary>
public sealed class StringMatcher : IEquatable<StringMatcher>
{
    private readonly Regex? _regex;

    private StringMatcher(StringMatchKind kind, string pattern, bool ignoreCase, Regex? regex) => (Kind, Pattern, IgnoreCase, _regex) = (kind, pattern, ignoreCase, regex);

    /// <summary>How the pattern is compared.</summary>
    public StringMatchKind Kind { get; }

    /// <summary>What is compared with.</summary>
    public string Pattern { get; }

    /// <summary>Whether upper and lower case of ASCII letters are the same. Never with <see cref="StringMatchKind.Regex"/>, as in Envoy.</summary>
    public bool IgnoreCase { get; }

    private StringComparison Comparison => IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>A matcher of any kind but <see cref="StringMatchKind.Regex"/>.</summary>
    public static StringMatcher Of(StringMatchKind kind, string pattern, bool ignoreCase = false) =>
        kind == StringMatchKind.Regex ? throw new ArgumentException("A regular expression has to be checked.", nameof(kind)) : new(kind, pattern, ignoreCase, null);

    /// <summary>A matcher for a whole text.</summary>
    public static StringMatcher Exact(string pattern) => Of(StringMatchKind.Exact, pattern);

    /// <summary>A matcher for the beginning of a text.</summary>
    public static StringMatcher Prefix(string pattern) => Of(StringMatchKind.Prefix, pattern);

    /// <summary>A matcher by regular expression, which must fit the whole text.</summary>
    /// <returns>Null, with the reason, for a pattern that <see cref="LinearRegex"/> does not take.</returns>
    public static StringMatcher? TryRegex(string pattern, out string problem) =>
        LinearRegex.TryCreate(pattern, isWhole: true, out problem) is { } regex ? new StringMatcher(StringMatchKind.Regex, pattern, ignoreCase: false, regex) : null;

    /// <summary>Whether a text fits.</summary>
    public bool Matches(string text) => Matches(text.AsSpan());

    /// <summary>Whether a text fits. Allocates nothing.</summary>
    public bool Matches(ReadOnlySpan<char> text) => Kind switch
    {
        StringMatchKind.Exact => text.Equals(Pattern, Comparison),
        StringMatchKind.Prefix => text.StartsWith(Pattern, Comparison),
        StringMatchKind.Suffix => text.EndsWith(Pattern, Comparison),
        StringMatchKind.Contains => text.Contains(Pattern, Comparison),
        _ => _regex!.IsMatch(text),
    };

    /// <inheritdoc/>
    public bool Equals(StringMatcher? other) => other is not null && Kind == other.Kind && IgnoreCase == other.IgnoreCase && Pattern == other.Pattern;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StringMatcher);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, IgnoreCase, Pattern);

    /// <summary>Such as <c>prefix spiffe://prod/</c>.</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()} {Pattern}{(IgnoreCase ? " (any case)" : "")}";
}

/// <summary>How a <see cref="StringMatcher"/> compares.</summary>
public enum StringMatchKind
{
    /// <summary>The whole text.</summary>
    Exact,

    /// <summary>Its beginning.</summary>
    Prefix,

    /// <summary>Its end.</summary>
    Suffix,

    /// <summary>Any part of it.</summary>
    Contains,

    /// <summary>The whole text, by a regular expression.</summary>
    Regex,
}
