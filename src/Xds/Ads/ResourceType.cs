using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Ads;

/// <summary>A type of resource as the discovery service treats it.</summary>
/// <param name="TypeUrl">One of <see cref="TypeUrls"/>.</param>
/// <param name="ShortName">The service's name in logs and metrics: <c>cds</c>, <c>eds</c>, <c>lds</c>, <c>sds</c>.</param>
/// <param name="IsWildcard">All resources are asked for, and a state-of-the-world response is the full state; otherwise they are asked for by name.</param>
internal sealed record ResourceType(string TypeUrl, string ShortName, bool IsWildcard)
{
    /// <summary>Clusters. Each answer may make endpoints wanted.</summary>
    public static readonly ResourceType Cluster = new(TypeUrls.Cluster, "cds", IsWildcard: true);

    /// <summary>Endpoints of the clusters of type EDS.</summary>
    public static readonly ResourceType LoadAssignment = new(TypeUrls.ClusterLoadAssignment, "eds", IsWildcard: false);

    /// <summary>Listeners.</summary>
    public static readonly ResourceType Listener = new(TypeUrls.Listener, "lds", IsWildcard: true);

    /// <summary>Secrets that listeners or clusters refer to.</summary>
    public static readonly ResourceType Secret = new(TypeUrls.Secret, "sds", IsWildcard: false);

    /// <summary>What a zone proxy asks for, in the order it is asked for: make before break (protocol §3.6).</summary>
    public static readonly IReadOnlyList<ResourceType> All = [Cluster, LoadAssignment, Listener, Secret];
}
