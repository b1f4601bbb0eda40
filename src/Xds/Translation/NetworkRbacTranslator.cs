using Envoy.Config.Rbac.V3;
using Zoneway.SniRouter.Routing;
using Filter = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;
using Rules = Envoy.Config.Rbac.V3.RBAC;

namespace Zoneway.Xds.Translation;

/// <summary>
/// What envoy.extensions.filters.network.rbac.v3.RBAC decides on a connection that is passed through, as far as that can be said without its certificate: absent rules and rules
/// that allow anyone let everyone pass, rules without a policy no one (protocol §5.4). All others are errors, as nothing may get past them unchecked.
/// </summary>
internal static class NetworkRbacTranslator
{
    private static readonly Permission AnyPermission = new() { Any = true };
    private static readonly Principal AnyPrincipal = new() { Any = true };

    /// <summary>Translates the filter: a refusal where everyone is refused, null where everyone may pass or an error was noted.</summary>
    public static QuarantinedConfig? Translate(Filter filter, Findings findings)
    {
        findings.RejectUnsafeFieldsWithin();
        findings.RejectIf(filter.Matcher is not null, "matcher", "access control by matcher is not available for connections that are passed through");
        findings.IgnoreIf(filter.ShadowRules is not null, "shadow_rules", "shadow rules decide nothing");
        findings.IgnoreIf(filter.ShadowMatcher is not null, "shadow_matcher", "shadow rules decide nothing");
        switch (filter.Rules)
        {
            case null:
                return null;
            case { Action: Rules.Types.Action.Allow, Policies.Count: 0 }:
                findings.Enforce("rules", "no policy: everyone is refused");
                return new QuarantinedConfig("access control without a policy refuses everyone");
            case { Action: Rules.Types.Action.Allow, Policies: var policies } when policies.Values.Any(AllowsEveryone):
                findings.Enforce("rules", "everyone may connect");
                return null;
            default:
                findings.Reject("rules", "access control (RBAC) is not available for connections that are passed through");
                return null;
        }
    }

    // A policy fits when one of its permissions and one of its principals does. Equality sees to it that nothing else is asked for, not even by a field that we do not know.
    private static bool AllowsEveryone(Policy policy) =>
        policy.Permissions.Contains(AnyPermission) && policy.Principals.Contains(AnyPrincipal)
        && policy.Equals(new Policy { Permissions = { policy.Permissions }, Principals = { policy.Principals } });
}
