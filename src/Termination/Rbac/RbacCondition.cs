using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Zoneway.Termination.Rbac;

/// <summary>
/// A condition on a connection and the request on it: a permission or a principal of a policy, or a predicate of a matcher. Pure and immutable, so that any number of threads
/// may ask; as deep as a protobuf message is, which the parser bounds.
/// </summary>
public abstract record RbacCondition
{
    /// <summary>Whether it fits.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="request">The request; null where there is none, so that conditions on requests do not fit.</param>
    public abstract bool Fits(TerminatedConnection connection, HttpRequest? request);
}

/// <summary>Fits always (any).</summary>
public sealed record AnyCondition : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request) => true;

    /// <inheritdoc/>
    public override string ToString() => "any";
}

/// <summary>Fits when all of several conditions do (and_rules, and_ids, and_matcher).</summary>
/// <param name="Conditions">The conditions.</param>
public sealed record AndCondition(ImmutableArray<RbacCondition> Conditions) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request)
    {
        foreach (var condition in Conditions)
        {
            if (!condition.Fits(connection, request))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"({string.Join(" and ", Conditions)})";
}

/// <summary>Fits when one of several conditions does (or_rules, or_ids, or_matcher).</summary>
/// <param name="Conditions">The conditions.</param>
public sealed record OrCondition(ImmutableArray<RbacCondition> Conditions) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request) => AnyFits(Conditions, connection, request);

    /// <inheritdoc/>
    public override string ToString() => $"({string.Join(" or ", Conditions)})";

    /// <summary>Whether one of several conditions fits.</summary>
    internal static bool AnyFits(ImmutableArray<RbacCondition> conditions, TerminatedConnection connection, HttpRequest? request)
    {
        foreach (var condition in conditions)
        {
            if (condition.Fits(connection, request))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Fits when another condition does not (not_rule, not_id, not_matcher).</summary>
/// <param name="Condition">The other condition.</param>
public sealed record NotCondition(RbacCondition Condition) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request) => !Condition.Fits(connection, request);

    /// <inheritdoc/>
    public override string ToString() => $"not {Condition}";
}
