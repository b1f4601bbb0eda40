using System.Text.RegularExpressions;
using Zoneway.MutualTls;
using EnvoyMatcher = Envoy.Type.Matcher.V3.StringMatcher;
using XdsMatcher = global::Xds.Type.Matcher.V3.StringMatcher;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.type.matcher.v3.StringMatcher, and its twin xds.type.matcher.v3.StringMatcher, to <see cref="StringMatcher"/>.</summary>
internal static partial class StringMatcherTranslator
{
    /// <summary>Translates a matcher; null, with the reason noted, for one that cannot be evaluated.</summary>
    /// <param name="message">The matcher; null is an error.</param>
    /// <param name="findings">Those of the matcher's own field.</param>
    public static StringMatcher? Translate(EnvoyMatcher? message, Findings findings)
    {
        findings.RejectUnsafeFields();
        switch (message?.MatchPatternCase)
        {
            case EnvoyMatcher.MatchPatternOneofCase.Exact:
                return StringMatcher.Of(StringMatchKind.Exact, message.Exact, message.IgnoreCase);
            case EnvoyMatcher.MatchPatternOneofCase.Prefix:
                return TranslatePart(StringMatchKind.Prefix, message.Prefix, message.IgnoreCase, findings);
            case EnvoyMatcher.MatchPatternOneofCase.Suffix:
                return TranslatePart(StringMatchKind.Suffix, message.Suffix, message.IgnoreCase, findings);
            case EnvoyMatcher.MatchPatternOneofCase.Contains:
                return TranslatePart(StringMatchKind.Contains, message.Contains, message.IgnoreCase, findings);
            case EnvoyMatcher.MatchPatternOneofCase.SafeRegex:
                return TranslateRegex(message.SafeRegex.Regex, findings.At("safe_regex"));
            default:
                return RejectPattern(message?.Custom is not null, findings);
        }
    }

    /// <inheritdoc cref="Translate(EnvoyMatcher, Findings)"/>
    public static StringMatcher? Translate(XdsMatcher? message, Findings findings)
    {
        findings.RejectUnsafeFields();
        switch (message?.MatchPatternCase)
        {
            case XdsMatcher.MatchPatternOneofCase.Exact:
                return StringMatcher.Of(StringMatchKind.Exact, message.Exact, message.IgnoreCase);
            case XdsMatcher.MatchPatternOneofCase.Prefix:
                return TranslatePart(StringMatchKind.Prefix, message.Prefix, message.IgnoreCase, findings);
            case XdsMatcher.MatchPatternOneofCase.Suffix:
                return TranslatePart(StringMatchKind.Suffix, message.Suffix, message.IgnoreCase, findings);
            case XdsMatcher.MatchPatternOneofCase.Contains:
                return TranslatePart(StringMatchKind.Contains, message.Contains, message.IgnoreCase, findings);
            case XdsMatcher.MatchPatternOneofCase.SafeRegex:
                return TranslateRegex(message.SafeRegex.Regex, findings.At("safe_regex"));
            default:
                return RejectPattern(message?.Custom is not null, findings);
        }
    }

    /// <summary>Translates a matcher for a part of a text, which must not be empty: it would fit everything.</summary>
    public static StringMatcher? TranslatePart(StringMatchKind kind, string pattern, bool ignoreCase, Findings findings)
    {
        if (pattern.Length > 0)
        {
            return StringMatcher.Of(kind, pattern, ignoreCase);
        }

        findings.Reject("", $"an empty {kind.ToString().ToLowerInvariant()} fits everything");
        return null;
    }

    /// <summary>Translates a regular expression of RE2; null, with the reason noted, for one that would not mean the same here.</summary>
    public static StringMatcher? TranslateRegex(string pattern, Findings findings)
    {
        findings.RejectUnsafeFields();
        if (!IsSupported(pattern, findings))
        {
            return null;
        }

        var matcher = StringMatcher.TryRegex(pattern, out var problem);
        findings.RejectIf(matcher is null, "regex", problem);
        return matcher;
    }

    /// <summary>Whether an expression of RE2 is there and would not mean something else here; if not, that was noted.</summary>
    public static bool IsSupported(string pattern, Findings findings)
    {
        var hasClass = PosixClass.IsMatch(pattern);
        findings.RejectIf(pattern.Length == 0, "regex", "an expression is needed");
        findings.RejectIf(hasClass, "regex", "classes of characters such as [:alpha:] are not available");
        return pattern.Length > 0 && !hasClass;
    }

    // What else of RE2's syntax .NET lacks, it refuses; this it would take for a set of the letters in the name.
    [GeneratedRegex(@"\[:\^?[a-z]+:\]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PosixClass { get; }

    private static StringMatcher? RejectPattern(bool isCustom, Findings findings)
    {
        findings.Reject("", isCustom ? "matchers that are extensions are not known" : "a pattern is needed");
        return null;
    }
}
