using Envoy.Config.Rbac.V3;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>
/// Finds who may use an ExternalService: MeshTrafficPermissions that select it, else the one TrafficPermission that fits best, else
/// nobody. Beside a permission that cannot be read nobody either. Protocol §5.4.
/// </summary>
internal static class ServicePermissions
{
    /// <param name="catalog">What there is.</param>
    /// <param name="mesh">Mesh of the service.</param>
    /// <param name="tags">Tags of the service.</param>
    public static AccessRules For(ZoneCatalog catalog, string mesh, TagSet tags)
    {
        var policies = catalog.MeshTrafficPermissionsOf(mesh).Where(policy => policy.Target is { } target && target.Tags.IsSubsetOf(tags)).ToList();
        var kind = policies.Count > 0 ? MeshTrafficPermissionResource.Kind : TrafficPermissionResource.Kind;
        if (catalog.HasBrokenPermission(MeshTrafficPermissionResource.Kind, mesh, tags) || catalog.HasBrokenPermission(kind, mesh, tags))
        {
            return AccessRules.DenyAll;
        }

        if (policies.Count > 0)
        {
            return OfPolicies(mesh, policies);
        }

        var permission = catalog.TrafficPermissionsOf(mesh)
            .Select(permission => (Permission: permission, Rank: RankOf(permission, tags)))
            .Where(static candidate => candidate.Rank is not null)
            .OrderByDescending(static candidate => candidate.Rank)
            .ThenBy(static candidate => candidate.Permission.Name, StringComparer.Ordinal)
            .Select(static candidate => candidate.Permission)
            .FirstOrDefault();
        return permission is null
            ? AccessRules.DenyAll
            : AccessRules.OfPermission(permission.Name, [.. permission.Sources.Select(source => Principals.Of(mesh, source))]);
    }

    // The more specific kind of targetRef has the later word, and among equals the name that comes first. Protocol §5.4.
    private static AccessRules OfPolicies(string mesh, List<MeshTrafficPermissionResource> policies)
    {
        var entries = policies
            .OrderBy(static policy => policy.Target!.Rank)
            .ThenByDescending(static policy => policy.Name, StringComparer.Ordinal)
            .SelectMany(static policy => policy.From)
            .ToList();
        var allowed = new List<Principal>();
        var shadowDenied = new List<Principal>();
        for (var index = 0; index < entries.Count; index++)
        {
            var (target, action) = entries[index];
            var later = entries.Skip(index + 1).ToList();
            if (action == PermissionAction.Deny || later.Exists(entry => entry.Target.Tags.IsSubsetOf(target.Tags)))
            {
                continue;
            }

            allowed.Add(Narrow(mesh, target.Tags, later.Where(static entry => entry.Action == PermissionAction.Deny)));
            if (action == PermissionAction.AllowWithShadowDeny)
            {
                shadowDenied.Add(Narrow(mesh, target.Tags, later.Where(static entry => entry.Action != PermissionAction.AllowWithShadowDeny)));
            }
        }

        return AccessRules.OfPolicy(allowed, shadowDenied);
    }

    // Sources whose tags cannot go together need no exception from each other.
    private static Principal Narrow(string mesh, TagSet tags, IEnumerable<PermissionSource> exceptions) => Principals.Except(
        Principals.Of(mesh, tags),
        [.. exceptions.Where(exception => !exception.Target.Tags.Contradicts(tags)).Select(exception => Principals.Of(mesh, exception.Target.Tags))]);

    // Most exact tags first, then most tags that may be anything; null when no destination fits.
    private static (int Exact, int Any)? RankOf(TrafficPermissionResource permission, TagSet tags)
    {
        (int, int)? best = null;
        foreach (var destination in permission.Destinations.Where(destination => Fits(destination, tags)))
        {
            var any = destination.Tags.Count(static tag => tag.Value == "*");
            var rank = (destination.Tags.Count - any, any);
            best = best is null || rank.CompareTo(best.Value) > 0 ? rank : best;
        }

        return best;
    }

    private static bool Fits(TagSet selector, TagSet tags) =>
        selector.Tags.All(tag => tags[tag.Key] is { } value && (tag.Value == "*" || tag.Value == value));
}
