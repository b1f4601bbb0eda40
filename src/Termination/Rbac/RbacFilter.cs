using Microsoft.AspNetCore.Http;

namespace Zoneway.Termination.Rbac;

/// <summary>An access control filter at work. Safe on any thread; a decision allocates nothing unless a header that it looks at has several values.</summary>
/// <param name="config">What the control plane said.</param>
/// <param name="counters">Where decisions are counted: those of the filter that this one takes the place of; null for new ones.</param>
public sealed class RbacFilter(RbacFilterConfig config, RbacCounters? counters = null)
{
    /// <summary>What the control plane said.</summary>
    public RbacFilterConfig Config => config;

    /// <summary>What was decided so far.</summary>
    public RbacCounters Counters { get; } = counters ?? new RbacCounters();

    /// <summary>Decides, and counts. A filter without rules lets everyone pass and counts nothing.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="request">The request on it; null for the connection itself.</param>
    public RbacDecision Decide(TerminatedConnection connection, HttpRequest? request)
    {
        var shadow = Evaluate(config.ShadowRules, config.ShadowMatcher, connection, request, out var shadowPolicy);
        if (shadow is { } wouldAllow)
        {
            Counters.CountShadow(wouldAllow);
        }

        var verdict = Evaluate(config.Rules, config.Matcher, connection, request, out var policy);
        if (verdict is { } allows)
        {
            Counters.Count(allows);
        }

        return new RbacDecision { IsAllowed = verdict ?? true, PolicyName = policy, IsShadowAllowed = shadow, ShadowPolicyName = shadow is null ? null : shadowPolicy };
    }

    // As in Envoy, rules are not looked at beside a matcher.
    private static bool? Evaluate(RbacRulesConfig? rules, RbacMatcherConfig? matcher, TerminatedConnection connection, HttpRequest? request, out string policyName)
    {
        policyName = "";
        return matcher is not null ? matcher.Allows(connection, request, out policyName) : rules?.Allows(connection, request, out policyName);
    }
}
