using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;
using Zoneway.Termination.Rbac;
using StringMatcher = Zoneway.MutualTls.StringMatcher;

namespace Zoneway.Xds.Translation;

/// <summary>The conditions that permissions and principals share. With an error noted they are ones that never fit, and must not be used.</summary>
internal static class RbacConditions
{
    private static readonly RbacCondition Never = new NotCondition(new AnyCondition());

    /// <summary>A condition that always fits. As in Envoy, the field says nothing else.</summary>
    public static RbacCondition Any(bool value, Findings findings) => value ? new AnyCondition() : Reject(findings, "any", "only true has a meaning");

    /// <summary>A condition on a header, which connections have none of.</summary>
    public static RbacCondition Header(HeaderMatcher message, bool hasRequests, Findings findings) =>
        !hasRequests ? Reject(findings, "", "a connection has no headers")
        : HeaderMatcherTranslator.Translate(message, findings) is { } header ? new HeaderCondition(header)
        : Never;

    /// <summary>A condition on a path. On a connection it never fits, as in Envoy.</summary>
    public static RbacCondition UrlPath(PathMatcher message, Findings findings) =>
        Text(StringMatcherTranslator.Translate(message.Path, findings.At("path")), static value => new UrlPathCondition(value));

    /// <summary>A condition on an address. As in Envoy, a range without a length is every address of the family.</summary>
    public static RbacCondition Address(CidrRange message, Func<IpRange, RbacCondition> condition, Findings findings) =>
        IpRange.TryCreate(message.AddressPrefix, message.PrefixLen ?? 0) is { } range ? condition(range) : Reject(findings, "", "not a range of IP addresses");

    /// <summary>A condition on filter state.</summary>
    public static RbacCondition FilterState(FilterStateMatcher message, Findings findings)
    {
        findings.RejectIf(message.Key.Length == 0, "key", "a key is needed");
        return message.MatcherCase == FilterStateMatcher.MatcherOneofCase.AddressMatch
            ? Reject(findings, "address_match", "filter state that is an address is not available")
            : StringMatcherTranslator.Translate(message.StringMatch, findings.At("string_match")) is { } value ? new FilterStateCondition(message.Key, value) : Never;
    }

    /// <summary>A condition made of a matcher that was translated, or not.</summary>
    public static RbacCondition Text(StringMatcher? matcher, Func<StringMatcher, RbacCondition> condition) => matcher is null ? Never : condition(matcher);

    /// <summary>Notes that a condition cannot be evaluated.</summary>
    public static RbacCondition Reject(Findings findings, string field, string reason)
    {
        findings.Reject(field, reason);
        return Never;
    }
}
