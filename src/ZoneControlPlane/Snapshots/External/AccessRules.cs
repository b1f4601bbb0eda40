using Envoy.Config.Rbac.V3;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>Who may use an external service, as an RBAC filter says it. Rules without policies refuse everybody. Protocol §5.4.</summary>
/// <param name="Rules">Whom the filter admits.</param>
/// <param name="ShadowRules">Whom it would refuse, for counting only; null for none.</param>
/// <param name="IsNetworkFilter">Whether the filter stands before HTTP also in HTTP chains: the form of the old TrafficPermission.</param>
internal sealed record AccessRules(RBAC Rules, RBAC? ShadowRules = null, bool IsNetworkFilter = false)
{
    /// <summary>Name that policies of MeshTrafficPermission have.</summary>
    private const string PolicyName = "MeshTrafficPermission";

    /// <summary>Nobody.</summary>
    public static AccessRules DenyAll => new(new RBAC());

    /// <summary>Every workload of the mesh.</summary>
    public static AccessRules AllowAll => OfPolicy([new Principal { Any = true }], []);

    /// <summary>Rules in the form of MeshTrafficPermission.</summary>
    /// <param name="allowed">Whom to admit.</param>
    /// <param name="shadowDenied">Whom of these to count as refused.</param>
    public static AccessRules OfPolicy(IReadOnlyCollection<Principal> allowed, IReadOnlyCollection<Principal> shadowDenied) => new(
        allowed.Count == 0 ? new RBAC() : Create(PolicyName, allowed),
        shadowDenied.Count == 0 ? null : Create(PolicyName, shadowDenied, RBAC.Types.Action.Deny));

    /// <summary>Rules in the form of the old TrafficPermission.</summary>
    public static AccessRules OfPermission(string name, IReadOnlyCollection<Principal> allowed) => new(Create(name, allowed), IsNetworkFilter: true);

    private static RBAC Create(string name, IReadOnlyCollection<Principal> principals, RBAC.Types.Action action = RBAC.Types.Action.Allow)
    {
        var policy = new Policy { Permissions = { new Permission { Any = true } } };
        policy.Principals.AddRange(principals);
        return new RBAC { Action = action, Policies = { [name] = policy } };
    }
}
