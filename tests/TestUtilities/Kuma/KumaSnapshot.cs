using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Protocol;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>
/// The configuration of one node with its versions: UUIDs by type, kept while the content is the same (protocol §3.3 rule 7), and for
/// delta a SHA-256 by resource (§3.4).
/// </summary>
internal sealed class KumaSnapshot
{
    private readonly KumaResources _resources;
    private readonly ConcurrentDictionary<string, string> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableSortedDictionary<string, string>> _hashes = new(StringComparer.Ordinal);

    /// <summary>Makes the snapshot after another.</summary>
    /// <param name="resources">What was generated.</param>
    /// <param name="previous">The snapshot in force; null for a node's first.</param>
    /// <param name="profile">Whether new clusters bring a new version of the endpoints.</param>
    public KumaSnapshot(KumaResources resources, KumaSnapshot? previous, KumaProfile profile)
    {
        _resources = resources;
        foreach (var typeUrl in KumaResources.Order)
        {
            _hashes[typeUrl] = Hash(typeUrl, previous);
            _versions[typeUrl] = previous is not null && previous._hashes[typeUrl].SequenceEqual(_hashes[typeUrl]) ? previous._versions[typeUrl] : NewVersion();
        }

        if (profile.IsOrdered && previous is not null && previous.VersionOf(TypeUrls.Cluster) != VersionOf(TypeUrls.Cluster))
        {
            RenewEndpoints();
        }
    }

    public ImmutableSortedDictionary<string, Any> this[string typeUrl] => _resources[typeUrl];

    /// <summary>Whether it was made of these resources.</summary>
    public bool IsOf(KumaResources resources) => ReferenceEquals(_resources, resources);

    /// <summary>Version of a type; empty for types that kuma-cp does not serve.</summary>
    public string VersionOf(string typeUrl) => _versions.GetValueOrDefault(typeUrl, "");

    /// <summary>SHA-256 of each resource of a type.</summary>
    public ImmutableSortedDictionary<string, string> HashesOf(string typeUrl) => _hashes.GetValueOrDefault(typeUrl, ImmutableSortedDictionary<string, string>.Empty);

    /// <summary>Gives the endpoints a new version though nothing changed; only the node's own stream may do so.</summary>
    public void RenewEndpoints() => _versions[TypeUrls.ClusterLoadAssignment] = NewVersion();

    private static string NewVersion() => Guid.NewGuid().ToString();

    private ImmutableSortedDictionary<string, string> Hash(string typeUrl, KumaSnapshot? previous)
    {
        if (previous is not null && ReferenceEquals(previous[typeUrl], _resources[typeUrl]))
        {
            return previous._hashes[typeUrl];
        }

        return _resources[typeUrl].ToImmutableSortedDictionary(
            static resource => resource.Key, static resource => Convert.ToHexStringLower(SHA256.HashData(resource.Value.Value.Span)), StringComparer.Ordinal);
    }
}
