namespace Zoneway.SniRouter.Clusters.Hashing;

/// <summary>A circle of places, each of which belongs to an endpoint; a hash leads to one of them. Immutable; finding allocates nothing.</summary>
/// <param name="owners">Index of the endpoint of each place; not empty.</param>
internal abstract class HashPlaces(int[] owners)
{
    /// <summary>Number of places.</summary>
    public int Length => owners.Length;

    /// <summary>The places that a configuration asks for.</summary>
    /// <param name="config">A ring or a table.</param>
    /// <param name="keys">What tells the endpoints apart, and stays the same when others come and go.</param>
    /// <param name="weights">Share of each endpoint; above zero.</param>
    public static HashPlaces Create(ConsistentHashConfig config, string[] keys, double[] weights) => config switch
    {
        MaglevConfig maglev => MaglevTable.Create(maglev, keys, weights),
        RingHashConfig ring => HashRing.Create(ring, keys, weights),
        _ => throw new ArgumentException("There is no such table.", nameof(config)),
    };

    /// <summary>The place that a hash leads to.</summary>
    public abstract int Find(ulong hash);

    /// <summary>Index of the endpoint of a place; places after the last one are the first ones again.</summary>
    public int OwnerOf(int place) => owners[place % owners.Length];
}
