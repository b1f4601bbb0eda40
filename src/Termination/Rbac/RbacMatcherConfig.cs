using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Zoneway.Termination.Rbac;

/// <summary>
/// Who may do what, by a tree of conditions (xds.type.matcher.v3.Matcher): the first of <see cref="Matchers"/> that fits leads to an action, else <see cref="Map"/>, else
/// <see cref="OnNoMatch"/>. What is led nowhere is refused.
/// </summary>
public sealed record RbacMatcherConfig
{
    /// <summary>Conditions, in the order in which they are tried (matcher_list).</summary>
    public ImmutableArray<RbacFieldMatcher> Matchers { get; init; } = [];

    /// <summary>Values of one input, each with what follows (matcher_tree).</summary>
    public RbacMatchMap? Map { get; init; }

    /// <summary>What follows when nothing else does; null for nothing.</summary>
    public RbacOnMatch? OnNoMatch { get; init; }

    /// <summary>Decides.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="request">The request on it; null for the connection itself.</param>
    /// <param name="policyName">Name of the action that decides; empty where none does.</param>
    internal bool Allows(TerminatedConnection connection, HttpRequest? request, out string policyName)
    {
        var action = Find(connection, request);
        policyName = action?.Name ?? "";
        return action is { Action: not RbacAction.Deny };
    }

    /// <summary>The action that follows; null for none. A nested matcher that leads nowhere counts as not having fitted.</summary>
    internal RbacMatchAction? Find(TerminatedConnection connection, HttpRequest? request)
    {
        foreach (var matcher in Matchers)
        {
            if (matcher.Predicate.Fits(connection, request) && matcher.OnMatch.Find(connection, request) is { } action)
            {
                return action;
            }
        }

        return Map?.Find(connection, request) ?? OnNoMatch?.Find(connection, request);
    }
}

/// <summary>One condition of a matcher, and what follows (Matcher.MatcherList.FieldMatcher).</summary>
/// <param name="Predicate">The condition.</param>
/// <param name="OnMatch">What follows.</param>
public sealed record RbacFieldMatcher(RbacCondition Predicate, RbacOnMatch OnMatch);

/// <summary>What follows when a condition fits (Matcher.OnMatch): an action, or a further matcher. Exactly one is given.</summary>
/// <param name="Action">The action.</param>
/// <param name="Matcher">The further matcher.</param>
public sealed record RbacOnMatch(RbacMatchAction? Action, RbacMatcherConfig? Matcher)
{
    /// <summary>The action that follows; null for none.</summary>
    internal RbacMatchAction? Find(TerminatedConnection connection, HttpRequest? request) => Action ?? Matcher?.Find(connection, request);
}

/// <summary>What a matcher leads to (envoy.config.rbac.v3.Action).</summary>
/// <param name="Name">The name of the policy behind it, for logs.</param>
/// <param name="Action">Whether it lets in.</param>
public sealed record RbacMatchAction(string Name, RbacAction Action);
