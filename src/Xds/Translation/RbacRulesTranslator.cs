using System.Collections.Immutable;
using Envoy.Config.Rbac.V3;
using Google.Protobuf.Collections;
using Zoneway.Termination.Rbac;
using RulesAction = Envoy.Config.Rbac.V3.RBAC.Types.Action;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.rbac.v3.RBAC to <see cref="RbacRulesConfig"/>. A message that is there but empty is rules that refuse everyone.</summary>
internal static class RbacRulesTranslator
{
    /// <summary>Translates rules; what is returned must not be used when errors were noted.</summary>
    /// <param name="message">The rules.</param>
    /// <param name="hasRequests">Whether requests are decided on, rather than connections.</param>
    /// <param name="findings">Those of the rules' own field.</param>
    public static RbacRulesConfig Translate(RBAC message, bool hasRequests, Findings findings)
    {
        findings.IgnoreIf(message.AuditLoggingOptions is not null, "audit_logging_options", "refusals are logged by the program itself");
        var policies = ImmutableArray.CreateBuilder<RbacPolicyConfig>(message.Policies.Count);

        // Envoy tries them by name.
        foreach (var (name, policy) in message.Policies.OrderBy(static policy => policy.Key, StringComparer.Ordinal))
        {
            policies.Add(Translate(name, policy, hasRequests, findings.At($"policies[{name}]")));
        }

        return new RbacRulesConfig(Translate(message.Action, findings), policies.DrainToImmutable());
    }

    /// <summary>Translates an action; one that is not known is an error.</summary>
    public static RbacAction Translate(RulesAction action, Findings findings)
    {
        switch (action)
        {
            case RulesAction.Allow:
                return RbacAction.Allow;
            case RulesAction.Log:
                return RbacAction.Log;
            default:
                findings.RejectIf(action != RulesAction.Deny, "action", $"action {action} is not known");
                return RbacAction.Deny;
        }
    }

    private static RbacPolicyConfig Translate(string name, Policy policy, bool hasRequests, Findings findings)
    {
        const string Expression = "conditions in CEL cannot be evaluated";
        findings.RejectIf(policy.Condition is not null, "condition", Expression);
        findings.RejectIf(policy.CheckedCondition is not null, "checked_condition", Expression);
        findings.RejectIf(policy.CelConfig is not null, "cel_config", Expression);
        return new RbacPolicyConfig(name, Permissions(policy.Permissions, hasRequests, findings), Principals(policy.Principals, hasRequests, findings));
    }

    private static ImmutableArray<RbacCondition> Permissions(RepeatedField<Permission> messages, bool hasRequests, Findings findings)
    {
        findings.RejectIf(messages.Count == 0, "permissions", "at least one permission is needed");
        return [.. messages.Select((message, i) => PermissionTranslator.Translate(message, hasRequests, findings.At("permissions", i)))];
    }

    private static ImmutableArray<RbacCondition> Principals(RepeatedField<Principal> messages, bool hasRequests, Findings findings)
    {
        findings.RejectIf(messages.Count == 0, "principals", "at least one principal is needed");
        return [.. messages.Select((message, i) => PrincipalTranslator.Translate(message, hasRequests, findings.At("principals", i)))];
    }
}
