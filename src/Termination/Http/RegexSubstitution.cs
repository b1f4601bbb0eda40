using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Zoneway.MutualTls;

namespace Zoneway.Termination.Http;

/// <summary>Puts something else in the place of all that an expression fits (RegexMatchAndSubstitute), as RE2's GlobalReplace does. Immutable; safe on any thread.</summary>
public sealed class RegexSubstitution
{
    /// <summary>Longest text that is searched, and longest one that may come out, in characters: the time grows with the square of it.</summary>
    public const int MaxTextLength = 8192;

    private readonly Regex _pattern;
    private readonly ImmutableArray<Part> _parts;
    private readonly string _text;

    private RegexSubstitution(Regex pattern, ImmutableArray<Part> parts, string text) => (_pattern, _parts, _text) = (pattern, parts, text);

    /// <summary>Makes one.</summary>
    /// <param name="pattern">A regular expression; it need not fit the whole text.</param>
    /// <param name="substitution">What is put in its place: <c>\0</c> is all that it fits, <c>\1</c> to <c>\9</c> are its groups, <c>\\</c> is a backslash.</param>
    /// <param name="problem">What is wrong; empty for nothing.</param>
    /// <returns>Null when the two cannot be used.</returns>
    public static RegexSubstitution? TryCreate(string pattern, string substitution, out string problem)
    {
        if (LinearRegex.TryCreate(pattern, isWhole: false, out problem) is not { } regex)
        {
            return null;
        }

        // Groups with names have other numbers here than in RE2.
        var isNumbered = regex.GetGroupNames().All(static name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        if (!isNumbered || TryParse(substitution, regex.GetGroupNumbers().Length - 1) is not { } parts)
        {
            problem = isNumbered ? "a backslash stands before a backslash or before the number of a group" : "groups cannot have names";
            return null;
        }

        return new RegexSubstitution(regex, parts, $"{pattern} by {substitution}");
    }

    /// <summary>The text with everything replaced; null when it is too long, or gets so.</summary>
    public string? Apply(string text)
    {
        if (text.Length > MaxTextLength)
        {
            return null;
        }

        var result = new StringBuilder(text.Length);
        var end = -1;
        for (var match = _pattern.Match(text); match.Success; match = match.NextMatch())
        {
            // RE2 does not take nothing, right behind something that it has taken: ".*" fits a path once.
            if (match.Length == 0 && match.Index == end)
            {
                continue;
            }

            result.Append(text, Math.Max(end, 0), match.Index - Math.Max(end, 0));
            Append(match, result);
            end = match.Index + match.Length;
            if (result.Length > MaxTextLength)
            {
                return null;
            }
        }

        result.Append(text, Math.Max(end, 0), text.Length - Math.Max(end, 0));
        return result.Length > MaxTextLength ? null : result.ToString();
    }

    /// <summary>Such as <c>^/v1/(.*) by /\1</c>.</summary>
    public override string ToString() => _text;

    private static ImmutableArray<Part>? TryParse(string substitution, int groups)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        var literal = new StringBuilder();
        for (var i = 0; i < substitution.Length; i++)
        {
            if (substitution[i] != '\\')
            {
                literal.Append(substitution[i]);
                continue;
            }

            var escaped = ++i < substitution.Length ? substitution[i] : '\0';
            if (escaped == '\\')
            {
                literal.Append('\\');
            }
            else if (char.IsAsciiDigit(escaped) && escaped - '0' <= groups)
            {
                parts.Add(new Part(literal.ToString(), escaped - '0'));
                literal.Clear();
            }
            else
            {
                return null;
            }
        }

        parts.Add(new Part(literal.ToString(), -1));
        return parts.ToImmutable();
    }

    private void Append(Match match, StringBuilder result)
    {
        foreach (var part in _parts)
        {
            result.Append(part.Literal);
            if (part.Group >= 0)
            {
                result.Append(match.Groups[part.Group].ValueSpan);
            }
        }
    }

    /// <summary>A piece of text with the group that follows it; -1 for none.</summary>
    private readonly record struct Part(string Literal, int Group);
}
