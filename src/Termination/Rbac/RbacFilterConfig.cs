namespace Zoneway.Termination.Rbac;

/// <summary>An access control filter, of a chain or of HTTP (RBAC, protocol §5.4).</summary>
public sealed record RbacFilterConfig
{
    /// <summary>The prefix of its statistics.</summary>
    public string StatPrefix { get; init; } = "";
}
