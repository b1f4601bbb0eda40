using Envoy.Type.Matcher.V3;
using Zoneway.Termination.Http;

namespace Zoneway.Xds.Translation.Http;

/// <summary>prefix_rewrite and regex_rewrite, of routes and of redirects, to <see cref="PathRewriteConfig"/>.</summary>
internal static class PathRewriteTranslator
{
    /// <summary>Translates a rewrite; null when there is none, or when it cannot be used and that was noted.</summary>
    /// <param name="prefix">What takes the place of the prefix; empty for nothing.</param>
    /// <param name="regex">An expression, and what takes its place; null for none.</param>
    /// <param name="findings">Those of the message that has both fields.</param>
    public static PathRewriteConfig? Translate(string prefix, RegexMatchAndSubstitute? regex, Findings findings)
    {
        findings.RejectIf(prefix.Length > 0 && regex is not null, "regex_rewrite", "a path is rewritten by prefix or by expression, not by both");
        findings.RejectIf(!IsPath(prefix), "prefix_rewrite", "this is no path");
        if (regex is null)
        {
            return prefix.Length > 0 ? new PrefixRewriteConfig(prefix) : null;
        }

        findings.RejectIf(!IsPath(regex.Substitution), "regex_rewrite.substitution", "this is no path");
        return TranslateRegex(regex, findings.At("regex_rewrite")) is { } substitution ? new RegexRewriteConfig(substitution) : null;
    }

    /// <summary>Translates an expression with what takes its place; null when it cannot be used and that was noted.</summary>
    public static RegexSubstitution? TranslateRegex(RegexMatchAndSubstitute message, Findings findings)
    {
        findings.RejectUnsafeFields();
        var pattern = message.Pattern?.Regex ?? "";
        if (!StringMatcherTranslator.IsSupported(pattern, findings.At("pattern")))
        {
            return null;
        }

        var substitution = RegexSubstitution.TryCreate(pattern, message.Substitution, out var problem);
        findings.RejectIf(substitution is null, "", problem);
        if (substitution is not null)
        {
            findings.Enforce("", $"replaces {substitution}");
        }

        return substitution;
    }

    private static bool IsPath(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
