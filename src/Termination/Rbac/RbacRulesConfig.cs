using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Zoneway.Termination.Rbac;

/// <summary>Who may do what, by policies (envoy.config.rbac.v3.RBAC). Without a policy <see cref="RbacAction.Allow"/> refuses everyone.</summary>
/// <param name="Action">What it means that a policy fits.</param>
/// <param name="Policies">The policies, in the order in which they are tried: the first one that fits is the one that is named.</param>
public sealed record RbacRulesConfig(RbacAction Action, ImmutableArray<RbacPolicyConfig> Policies)
{
    /// <summary>Decides.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="request">The request on it; null for the connection itself.</param>
    /// <param name="policyName">The policy that fits; empty for none.</param>
    internal bool Allows(TerminatedConnection connection, HttpRequest? request, out string policyName)
    {
        policyName = "";
        var fits = false;
        foreach (var policy in Policies)
        {
            if (policy.Fits(connection, request))
            {
                policyName = policy.Name;
                fits = true;
                break;
            }
        }

        return Action switch
        {
            RbacAction.Allow => fits,
            RbacAction.Deny => !fits,
            _ => true,
        };
    }
}

/// <summary>What follows when something fits (RBAC.Action).</summary>
public enum RbacAction
{
    /// <summary>It is let in; what does not fit is refused.</summary>
    Allow,

    /// <summary>It is refused; what does not fit is let in.</summary>
    Deny,

    /// <summary>Everyone is let in; what fits is named.</summary>
    Log,
}

/// <summary>Something that may be done, and who may do it (Policy).</summary>
/// <param name="Name">Its name, for logs.</param>
/// <param name="Permissions">What may be done: one of them has to fit.</param>
/// <param name="Principals">Who may do it: one of them has to fit.</param>
public sealed record RbacPolicyConfig(string Name, ImmutableArray<RbacCondition> Permissions, ImmutableArray<RbacCondition> Principals)
{
    /// <summary>Whether the policy is about a connection or request.</summary>
    internal bool Fits(TerminatedConnection connection, HttpRequest? request) =>
        OrCondition.AnyFits(Permissions, connection, request) && OrCondition.AnyFits(Principals, connection, request);
}
