namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>
/// Reads the <c>targetRef</c> of policies. What would select others than are meant and cannot be served is an error; what is wrong stands for
/// the whole mesh.
/// </summary>
internal static class TargetRefReader
{
    public static TargetRef WholeMesh { get; } = new(0, TagSet.Empty);

    /// <summary>The destinations of a policy; null, with a notice, for what concerns no external service.</summary>
    /// <param name="spec">The policy's spec; without <c>targetRef</c> the whole mesh is meant.</param>
    /// <param name="policy">Kind of the policy, for the notice.</param>
    public static TargetRef? ReadDestination(ResourceFields spec, string policy)
    {
        if (spec.Child("targetRef") is not { } target)
        {
            return WholeMesh;
        }

        var kind = target.RequiredText("kind");
        if (kind is "Dataplane" or "MeshGateway")
        {
            target.Notice($"a {policy} of {kind} concerns no external service and has no effect here");
            return null;
        }

        return Read(target, kind);
    }

    /// <summary>The sources that an entry of <c>from</c> selects.</summary>
    public static TargetRef Read(ResourceFields target) => Read(target, target.RequiredText("kind"));

    // From the least to the most specific kind, which is the order policies are asked in.
    private static TargetRef Read(ResourceFields target, string kind)
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
        if (service is "")
        {
            return WholeMesh;
        }

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
                return WholeMesh;
        }
    }
}
