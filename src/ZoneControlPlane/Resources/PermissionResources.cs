using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>The old permission: which sources may reach which destinations. Protocol §5.4.</summary>
internal sealed record TrafficPermissionResource(string Mesh, string Name, int Line) : Resource(Name, Line)
{
    public const string Kind = "TrafficPermission";

    /// <summary>Tags of the sources, any of them; a value <c>*</c> matches any.</summary>
    public ImmutableArray<TagSet> Sources { get; init; } = [];

    /// <summary>Tags of the destinations, any of them; a value <c>*</c> matches any.</summary>
    public ImmutableArray<TagSet> Destinations { get; init; } = [];

    public override ResourceKey Key => new(Kind, Mesh, Zone, Name);
}

/// <summary>The permission as a policy. Protocol §5.4.</summary>
internal sealed record MeshTrafficPermissionResource(string Mesh, string Name, int Line) : Resource(Name, Line)
{
    public const string Kind = "MeshTrafficPermission";

    /// <summary>Destinations; null for what this control plane never serves, such as a kind of data plane.</summary>
    public TargetRef? Target { get; init; }

    /// <summary>Sources and what they may; of several that match the last counts.</summary>
    public ImmutableArray<PermissionSource> From { get; init; } = [];

    public override ResourceKey Key => new(Kind, Mesh, Zone, Name);
}

/// <summary>A permission that is wrong and never was right: nobody knows whom it would refuse, so the services it may be about admit no one.</summary>
internal sealed record BrokenPermissionResource(string Kind, string Mesh, string Name, int Line) : Resource(Name, Line)
{
    /// <summary>Tags of the services; none for all of the mesh.</summary>
    public TagSet Tags { get; init; } = TagSet.Empty;

    public override ResourceKey Key => new(Kind, Mesh, Zone, Name);

    /// <summary>What a bad document is replaced by; null for what is no permission, or of no mesh, or about no external service.</summary>
    public static BrokenPermissionResource? InPlaceOf(Resource? bad) => bad switch
    {
        TrafficPermissionResource { Mesh.Length: > 0 } old => new(TrafficPermissionResource.Kind, old.Mesh, old.Name, old.Line),
        MeshTrafficPermissionResource { Mesh.Length: > 0, Target: { } target } policy =>
            new(MeshTrafficPermissionResource.Kind, policy.Mesh, policy.Name, policy.Line) { Tags = target.Tags },
        _ => null,
    };
}

/// <summary>What a <c>targetRef</c> selects by: tags, the service's name among them. No tags select the whole mesh.</summary>
/// <param name="Rank">How specific the kind is; the more specific policy is asked last and so has the last word.</param>
/// <param name="Tags">Tags that must all be there with these values.</param>
internal sealed record TargetRef(int Rank, TagSet Tags);

/// <summary>One entry of <c>from</c>.</summary>
internal sealed record PermissionSource(TargetRef Target, PermissionAction Action);

/// <summary>What a MeshTrafficPermission says of a source.</summary>
internal enum PermissionAction
{
    /// <summary>Refused.</summary>
    Deny,

    /// <summary>Admitted.</summary>
    Allow,

    /// <summary>Admitted, and counted as one that would be refused.</summary>
    AllowWithShadowDeny,
}
