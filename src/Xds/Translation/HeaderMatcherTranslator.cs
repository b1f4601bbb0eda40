using Envoy.Config.Route.V3;
using Zoneway.MutualTls;
using Zoneway.Termination.Http;
using MatchCase = Envoy.Config.Route.V3.HeaderMatcher.HeaderMatchSpecifierOneofCase;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.route.v3.HeaderMatcher to <see cref="HeaderMatcherConfig"/>.</summary>
internal static class HeaderMatcherTranslator
{
    /// <summary>Translates a matcher; null, with the reason noted, for one that cannot be evaluated.</summary>
    /// <param name="message">The matcher.</param>
    /// <param name="findings">Those of the matcher's own field.</param>
    public static HeaderMatcherConfig? Translate(HeaderMatcher message, Findings findings)
    {
        findings.RejectUnsafeFields();
        if (!HeaderMatcherConfig.IsKnown(message.Name))
        {
            findings.Reject("name", message.Name.Length == 0 ? "a name is needed" : $"the pseudo header '{message.Name}' is not known");
            return null;
        }

        var config = new HeaderMatcherConfig { Name = message.Name, IsInverted = message.InvertMatch, TreatsMissingAsEmpty = message.TreatMissingHeaderAsEmpty };
        switch (message.HeaderMatchSpecifierCase)
        {
            case MatchCase.None:
                return config;
            case MatchCase.PresentMatch:
                return config with { IsPresent = message.PresentMatch };
            case MatchCase.RangeMatch:
                findings.At("range_match").RejectUnsafeFields();
                return config with { Range = new(message.RangeMatch.Start, message.RangeMatch.End) };
            default:
                return TranslateValue(message, findings) is { } value ? config with { Value = value } : null;
        }
    }

    private static StringMatcher? TranslateValue(HeaderMatcher message, Findings findings) => message.HeaderMatchSpecifierCase switch
    {
        // As in Envoy, an empty text here fits any value.
        MatchCase.ExactMatch => message.ExactMatch.Length == 0 ? StringMatcher.Prefix("") : StringMatcher.Exact(message.ExactMatch),
        MatchCase.PrefixMatch => StringMatcherTranslator.TranslatePart(StringMatchKind.Prefix, message.PrefixMatch, false, findings.At("prefix_match")),
        MatchCase.SuffixMatch => StringMatcherTranslator.TranslatePart(StringMatchKind.Suffix, message.SuffixMatch, false, findings.At("suffix_match")),
        MatchCase.ContainsMatch => StringMatcherTranslator.TranslatePart(StringMatchKind.Contains, message.ContainsMatch, false, findings.At("contains_match")),
        MatchCase.SafeRegexMatch => StringMatcherTranslator.TranslateRegex(message.SafeRegexMatch.Regex, findings.At("safe_regex_match")),
        _ => StringMatcherTranslator.Translate(message.StringMatch, findings.At("string_match")),
    };
}
