using System.Collections.Frozen;
using Zoneway.Xds.Protocol;
using Zoneway.ZoneControlPlane.Snapshots;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>The configuration of one node with its versions. Immutable. Protocol §3.3, rules 7 and 8.</summary>
internal sealed class NodeSnapshot
{
    private readonly FrozenDictionary<string, TypedResources> _types;

    private NodeSnapshot(Dictionary<string, TypedResources> types) => _types = types.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The types that have resources, in the order in which answers go out: make before break.</summary>
    public static IReadOnlyList<string> AnswerOrder { get; } = [TypeUrls.Cluster, TypeUrls.ClusterLoadAssignment, TypeUrls.Secret, TypeUrls.Listener];

    /// <summary>Whether a type is only ever sent by name: asking for nothing means nothing, not everything. xDS protocol: wildcard subscriptions.</summary>
    public static bool IsByName(string typeUrl) => typeUrl == TypeUrls.Secret;

    /// <summary>Resources of a type; null for types that this control plane has none of.</summary>
    public TypedResources? this[string typeUrl] => _types.GetValueOrDefault(typeUrl);

    /// <summary>Makes the snapshot that follows another one.</summary>
    /// <param name="previous">What the node has now; null for its first. Types whose content is the same keep their version.</param>
    /// <param name="resources">The new configuration.</param>
    /// <remarks>New clusters always bring a new version of the endpoints: a client keeps a changed cluster warming until these come again.</remarks>
    public static NodeSnapshot After(NodeSnapshot? previous, ProxyResources resources)
    {
        var clusters = Next(previous?[TypeUrls.Cluster], resources.Clusters.Select(static cluster => VersionedResource.Pack(cluster.Name, cluster)));
        var hasNewClusters = previous is not null && clusters.Version != previous[TypeUrls.Cluster]!.Version;
        var assignments = Next(
            hasNewClusters ? null : previous?[TypeUrls.ClusterLoadAssignment],
            resources.Assignments.Select(static assignment => VersionedResource.Pack(assignment.ClusterName, assignment)));
        var listeners = Next(previous?[TypeUrls.Listener], resources.Listeners.Select(static listener => VersionedResource.Pack(listener.Name, listener)));
        var secrets = Next(previous?[TypeUrls.Secret], resources.Secrets.Select(static secret => VersionedResource.Pack(secret.Name, secret)));
        return new NodeSnapshot(new Dictionary<string, TypedResources>(StringComparer.Ordinal)
        {
            [TypeUrls.Cluster] = clusters,
            [TypeUrls.ClusterLoadAssignment] = assignments,
            [TypeUrls.Secret] = secrets,
            [TypeUrls.Listener] = listeners,
        });
    }

    private static TypedResources Next(TypedResources? previous, IEnumerable<VersionedResource> resources)
    {
        var next = new TypedResources(Guid.NewGuid().ToString(), resources.ToFrozenDictionary(static resource => resource.Name, StringComparer.Ordinal));
        return previous is not null && previous.HasSameItems(next) ? previous : next;
    }
}
