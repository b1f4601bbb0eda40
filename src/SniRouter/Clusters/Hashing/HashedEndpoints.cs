namespace Zoneway.SniRouter.Clusters.Hashing;

/// <summary>
/// The endpoints of a priority level that are found by hash. Those that may not be picked now are not among them, so that only their hashes go elsewhere.
/// Immutable but for the table, which is made once; picks allocate nothing and take no lock.
/// </summary>
internal sealed class HashedEndpoints(ConsistentHashConfig config, UpstreamEndpoint[] endpoints, double[] weights)
{
    /// <summary>What is hashed in an endpoint's stead, where its metadata (envoy.lb) has it: Envoy's name.</summary>
    private const string KeyInMetadata = "hash_key";

    // Places looked at for an endpoint that was not tried yet. With at most seven tried it is there long before, unless it has next to none.
    private const int MaxSteps = 256;

    private volatile HashPlaces? _places;

    /// <summary>Makes the table, so that no pick has to.</summary>
    // Two threads may make the same one; the later write does no harm.
    public HashPlaces Prepare() => _places ??= HashPlaces.Create(config, Array.ConvertAll(endpoints, KeyOf), weights);

    /// <summary>The endpoint that a hash belongs to, or that comes after it on the circle when that was tried; null when all were.</summary>
    public UpstreamEndpoint? Pick(ulong hash, ReadOnlySpan<UpstreamEndpoint?> tried)
    {
        var places = _places ?? Prepare();
        var place = places.Find(hash);
        for (var step = 0; step <= Math.Min(places.Length, tried.IsEmpty ? 0 : MaxSteps); step++)
        {
            var endpoint = endpoints[places.OwnerOf(place + step)];
            if (!endpoint.IsAmong(tried))
            {
                return endpoint;
            }
        }

        foreach (var endpoint in endpoints)
        {
            if (!endpoint.IsAmong(tried))
            {
                return endpoint;
            }
        }

        return null;
    }

    // A name that LOGICAL_DNS resolves stays the same wherever it moves to.
    private static string KeyOf(UpstreamEndpoint endpoint) =>
        endpoint.Config.Metadata.TryGetValue(KeyInMetadata, out var key) && key is { Kind: MetadataKind.String, Text.Length: > 0 } ? key.Text : endpoint.Config.Identity.ToString() ?? "";
}
