namespace Zoneway.Termination.Rbac;

/// <summary>
/// An access control filter, of a chain or of HTTP (RBAC, protocol §5.4). Presence matters: without <see cref="Rules"/> and <see cref="Matcher"/> the filter lets everyone
/// pass; rules that are there without a policy let no one pass.
/// </summary>
public sealed record RbacFilterConfig
{
    /// <summary>The prefix of its statistics.</summary>
    public string StatPrefix { get; init; } = "";

    /// <summary>The prefix of the statistics of what is only tried.</summary>
    public string ShadowStatPrefix { get; init; } = "";

    /// <summary>Who may do what, by policies; null for no such rules. Not looked at where <see cref="Matcher"/> is given, as in Envoy.</summary>
    public RbacRulesConfig? Rules { get; init; }

    /// <summary>Who may do what, by a tree of conditions.</summary>
    public RbacMatcherConfig? Matcher { get; init; }

    /// <summary>Rules that are tried and counted, and decide nothing.</summary>
    public RbacRulesConfig? ShadowRules { get; init; }

    /// <summary>A tree of conditions that is tried and counted, and decides nothing.</summary>
    public RbacMatcherConfig? ShadowMatcher { get; init; }
}
