using System.Collections.Frozen;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>
/// Reads MeshTrafficPermission documents. What would change who is admitted and cannot be served is an error, never passed over.
/// Protocol §5.4, §8.
/// </summary>
internal static class MeshTrafficPermissionReader
{
    private static readonly FrozenDictionary<string, PermissionAction> Actions = new Dictionary<string, PermissionAction>(StringComparer.Ordinal)
    {
        ["Allow"] = PermissionAction.Allow,
        ["Deny"] = PermissionAction.Deny,
        ["AllowWithShadowDeny"] = PermissionAction.AllowWithShadowDeny,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static MeshTrafficPermissionResource Read(ResourceFields fields)
    {
        var mesh = fields.RequiredName("mesh");
        var name = fields.RequiredName("name");
        fields.Skip("labels");
        var spec = fields.Child("spec");
        if (spec is null)
        {
            fields.Error("spec is required");
            return new MeshTrafficPermissionResource(mesh, name, fields.Line) { Target = TargetRefReader.WholeMesh };
        }

        if (spec.Has("rules"))
        {
            spec.Error("rules", "is not supported by this control plane: use from");
        }

        var resource = new MeshTrafficPermissionResource(mesh, name, fields.Line)
        {
            Target = TargetRefReader.ReadDestination(spec, MeshTrafficPermissionResource.Kind),
            From = [.. (spec.Children("from") ?? []).Select(ReadSource)],
        };
        spec.ReportRest();
        return resource;
    }

    private static PermissionSource ReadSource(ResourceFields entry)
    {
        var target = entry.Child("targetRef");
        var action = entry.Child("default") is { } conf ? conf.Word("action", Actions) : null;
        if (target is null || action is null)
        {
            entry.Error("an entry of from needs targetRef and default.action");
        }

        entry.ReportRest();
        return new PermissionSource(target is null ? TargetRefReader.WholeMesh : TargetRefReader.Read(target), action ?? PermissionAction.Deny);
    }
}
