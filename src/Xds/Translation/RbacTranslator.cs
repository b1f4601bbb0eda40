using Zoneway.Termination.Rbac;
using HttpRbac = Envoy.Extensions.Filters.Http.Rbac.V3.RBAC;
using NetworkRbac = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;
using Rules = Envoy.Config.Rbac.V3.RBAC;
using XdsMatcher = global::Xds.Type.Matcher.V3.Matcher;

namespace Zoneway.Xds.Translation;

/// <summary>
/// envoy.extensions.filters.network.rbac.v3.RBAC and envoy.extensions.filters.http.rbac.v3.RBAC to <see cref="RbacFilterConfig"/>, for chains that end TLS (protocol §5.4).
/// Nothing is passed over: a condition that cannot be evaluated is an error, also in shadow rules, and nothing may be served then.
/// </summary>
internal static class RbacTranslator
{
    /// <summary>Translates a filter of a chain; null when errors were noted.</summary>
    public static RbacFilterConfig? Translate(NetworkRbac message, Findings findings)
    {
        findings.RejectUnsafeFieldsWithin();
        findings.IgnoreIf(message.EnforcementType != NetworkRbac.Types.EnforcementType.OneTimeOnFirstByte, "enforcement_type", "decided once: nothing that is looked at changes while a connection lasts");
        findings.IgnoreIf(message.DelayDeny is not null, "delay_deny", "refused connections are closed at once");
        var config = Translate(message.Rules, message.Matcher, message.ShadowRules, message.ShadowMatcher, hasRequests: false, findings);
        return config is null ? null : config with { StatPrefix = message.StatPrefix, ShadowStatPrefix = message.ShadowRulesStatPrefix };
    }

    /// <summary>Translates a filter of HTTP; null when errors were noted.</summary>
    public static RbacFilterConfig? Translate(HttpRbac message, Findings findings)
    {
        findings.RejectUnsafeFieldsWithin();
        findings.IgnoreIf(message.TrackPerRuleStats, "track_per_rule_stats", "decisions are counted for the filter as a whole");
        var config = Translate(message.Rules, message.Matcher, message.ShadowRules, message.ShadowMatcher, hasRequests: true, findings);
        return config is null ? null : config with { StatPrefix = message.RulesStatPrefix, ShadowStatPrefix = message.ShadowRulesStatPrefix };
    }

    private static RbacFilterConfig? Translate(Rules? rules, XdsMatcher? matcher, Rules? shadowRules, XdsMatcher? shadowMatcher, bool hasRequests, Findings findings)
    {
        const string Beside = "not looked at beside a matcher, as in Envoy";
        findings.IgnoreIf(rules is not null && matcher is not null, "rules", Beside);
        findings.IgnoreIf(shadowRules is not null && shadowMatcher is not null, "shadow_rules", Beside);
        var config = new RbacFilterConfig
        {
            Rules = rules is null || matcher is not null ? null : RbacRulesTranslator.Translate(rules, hasRequests, findings.At("rules")),
            Matcher = matcher is null ? null : RbacMatcherTranslator.Translate(matcher, findings.At("matcher")),
            ShadowRules = shadowRules is null || shadowMatcher is not null ? null : RbacRulesTranslator.Translate(shadowRules, hasRequests, findings.At("shadow_rules")),
            ShadowMatcher = shadowMatcher is null ? null : RbacMatcherTranslator.Translate(shadowMatcher, findings.At("shadow_matcher")),
        };
        if (findings.HasErrors)
        {
            return null;
        }

        RbacSummary.Note(config, findings);
        return config;
    }
}
