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

    private static readonly TargetRef WholeMesh = new(0, TagSet.Empty);

    public static MeshTrafficPermissionResource Read(ResourceFields fields)
    {
        var mesh = fields.RequiredName("mesh");
        var name = fields.RequiredName("name");
        fields.Skip("labels");
        var spec = fields.Child("spec");
        if (spec is null)
        {
            fields.Error("spec is required");
            return new MeshTrafficPermissionResource(mesh, name, fields.Line) { Target = WholeMesh };
        }

        if (spec.Has("rules"))
        {
            spec.Error("rules", "is not supported by this control plane: use from");
        }

        var resource = new MeshTrafficPermissionResource(mesh, name, fields.Line)
        {
            Target = spec.Child("targetRef") is { } target ? ReadDestination(target) : WholeMesh,
            From = [.. (spec.Children("from") ?? []).Select(ReadSource)],
        };
        spec.ReportRest();
        return resource;
    }

    private static TargetRef? ReadDestination(ResourceFields target)
    {
        var kind = target.RequiredText("kind");
        if (kind is "Dataplane" or "MeshGateway")
        {
            target.Notice($"a MeshTrafficPermission of {kind} concerns no external service and has no effect here");
            return null;
        }

        return ReadTarget(target, kind) ?? WholeMesh;
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
        return new PermissionSource((target is null ? null : ReadTarget(target, target.RequiredText("kind"))) ?? WholeMesh, action ?? PermissionAction.Deny);
    }

    // From the least to the most specific kind, which is the order policies are asked in.
    private static TargetRef? ReadTarget(ResourceFields target, string kind)
    {
        var tags = target.SelectorTags("tags", allowsWildcard: false);
        var service = kind is "MeshService" or "MeshServiceSubset" ? target.RequiredName("name") : null;
        foreach (var selecting in (ReadOnlySpan<string>)["labels", "namespace", "sectionName", "mesh"])
        {
            if (target.Has(selecting))
            {
                target.Error(selecting, "is not supported by this control plane");
            }
        }

        target.Skip("proxyTypes");
        target.ReportRest();
        var selected = service is null ? tags : tags.With(TagSet.ServiceKey, service);
        switch (kind)
        {
            case "Mesh":
                return WholeMesh;
            case "MeshSubset":
                return new TargetRef(1, selected);
            case "MeshService":
                return new TargetRef(2, TagSet.Empty.With(TagSet.ServiceKey, service!));
            case "MeshServiceSubset":
                return new TargetRef(3, selected);
            default:
                target.Error($"targetRef.kind \"{kind}\" is none of Mesh, MeshSubset, MeshService, MeshServiceSubset");
                return null;
        }
    }
}
