namespace Zoneway.Termination.Rbac;

/// <summary>What an access control filter says. The default value refuses.</summary>
public readonly record struct RbacDecision
{
    /// <summary>Whether the connection or request may go on.</summary>
    public bool IsAllowed { get; init; }

    /// <summary>The policy that fitted, or the action that a matcher led to; empty for none, null only in the default value.</summary>
    public string PolicyName { get; init; }

    /// <summary>What the shadow rules would have said; null where there are none.</summary>
    public bool? IsShadowAllowed { get; init; }

    /// <summary>The policy of the shadow rules that fitted; null where there are none.</summary>
    public string? ShadowPolicyName { get; init; }

    /// <summary>
    /// What Envoy writes into its logs of a refusal (RESPONSE_CODE_DETAILS, CONNECTION_TERMINATION_DETAILS): <c>rbac_access_denied_matched_policy[none]</c>. White space
    /// becomes <c>_</c>. Made when it is asked for.
    /// </summary>
    public string Details => string.IsNullOrEmpty(PolicyName)
        ? "rbac_access_denied_matched_policy[none]"
        : string.Create(PolicyName.Length + Prefix.Length + 1, PolicyName, static (text, name) =>
        {
            Prefix.CopyTo(text);
            for (var i = 0; i < name.Length; i++)
            {
                text[Prefix.Length + i] = char.IsWhiteSpace(name[i]) || char.IsControl(name[i]) ? '_' : name[i];
            }

            text[^1] = ']';
        });

    private static string Prefix => "rbac_access_denied_matched_policy[";
}
