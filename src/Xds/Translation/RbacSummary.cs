using System.Collections.Immutable;
using Zoneway.Termination.Rbac;

namespace Zoneway.Xds.Translation;

/// <summary>Says in a line who may enter, for <c>validate</c>.</summary>
internal static class RbacSummary
{
    private const int MaxParts = 8;
    private const int MaxLength = 600;

    /// <summary>Notes what a filter enforces.</summary>
    public static void Note(RbacFilterConfig config, Findings findings)
    {
        if (!findings.Explains)
        {
            return;
        }

        var matcher = config.Matcher is { } tree ? Of(tree) : null;
        findings.Enforce(matcher is null ? "rules" : "matcher", matcher ?? (config.Rules is { } rules ? Of(rules) : "no rules: everyone may connect"));
        if ((config.ShadowMatcher is { } shadowTree ? Of(shadowTree) : config.ShadowRules is { } shadow ? Of(shadow) : null) is { } tried)
        {
            findings.Enforce(config.ShadowMatcher is null ? "shadow_rules" : "shadow_matcher", $"only counted: {tried}");
        }
    }

    private static string Of(RbacRulesConfig rules)
    {
        if (rules.Policies.IsEmpty)
        {
            return rules.Action == RbacAction.Allow ? "no policy: everyone is refused" : "no policy: everyone may connect";
        }

        if (rules.Action == RbacAction.Allow && rules.Policies.Any(static policy => HasAny(policy.Permissions) && HasAny(policy.Principals)))
        {
            return "everyone may connect";
        }

        var policies = Join(rules.Policies, static policy => $"{policy.Name} ({Of(policy)})", ", ");
        return Cut(rules.Action switch
        {
            RbacAction.Allow => $"allowed by {policies}; everyone else is refused",
            RbacAction.Deny => $"refused by {policies}; everyone else may connect",
            _ => $"everyone may connect; counted by {policies}",
        });
    }

    private static string Of(RbacPolicyConfig policy)
    {
        var principals = Join(policy.Principals, static condition => condition.ToString(), " or ");
        return HasAny(policy.Permissions) ? principals : $"{principals}, for {Join(policy.Permissions, static condition => condition.ToString(), " or ")}";
    }

    private static string Of(RbacMatcherConfig matcher)
    {
        var steps = new List<string>();
        steps.AddRange(matcher.Matchers.Take(MaxParts).Select(static step => $"{step.Predicate}: {Of(step.OnMatch)}"));
        steps.AddRange(matcher.Map is { } map
            ? map.Entries.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Take(MaxParts)
                .Select(entry => $"{InputCondition.NameOf(map.Input)} {(map.IsPrefix ? "prefix" : "exact")} {entry.Key}: {Of(entry.Value)}")
            : []);
        var count = matcher.Matchers.Length + (matcher.Map?.Entries.Count ?? 0);
        if (count > steps.Count)
        {
            steps.Add($"{count - steps.Count} more");
        }

        steps.Add($"everyone else: {(matcher.OnNoMatch is { } otherwise ? Of(otherwise) : "refused")}");
        return Cut(string.Join("; ", steps));
    }

    private static string Of(RbacOnMatch onMatch) =>
        onMatch.Matcher is { } nested ? $"[{Of(nested)}]" : $"{(onMatch.Action!.Action == RbacAction.Deny ? "refused" : "allowed")} by {onMatch.Action.Name}";

    private static bool HasAny(ImmutableArray<RbacCondition> conditions) => conditions.Any(static condition => condition is AnyCondition);

    private static string Join<T>(ImmutableArray<T> items, Func<T, string> text, string separator) =>
        string.Join(separator, items.Take(MaxParts).Select(text)) + (items.Length > MaxParts ? $" and {items.Length - MaxParts} more" : "");

    private static string Cut(string text) => text.Length <= MaxLength ? text : $"{text.AsSpan(0, MaxLength)}…";
}
