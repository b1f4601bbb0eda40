using System.Text;

namespace Zoneway.SniRouter.Clusters.Hashing;

/// <summary>
/// A hash ring (ketama): every endpoint has places on the circle of 64-bit numbers in proportion to its weight, and a hash belongs to the next place. The places are where
/// Envoy's <c>RingHashLoadBalancer</c> has them: the hashes of <c>ADDRESS_0</c>, <c>ADDRESS_1</c> and so on.
/// </summary>
internal sealed class HashRing : HashPlaces
{
    private const double RoundingError = 1e-6;

    private readonly ulong[] _hashes;

    private HashRing(ulong[] hashes, int[] owners)
        : base(owners) => _hashes = hashes;

    public static HashRing Create(RingHashConfig config, string[] keys, double[] weights)
    {
        var sum = weights.Sum();
        var limit = Math.Clamp((double)config.MaximumSize, 1, RingHashConfig.MostPlaces);
        var scale = Math.Min(PlacesOf(keys.Length, Math.Clamp(config.MinimumSize, 1, limit), weights.Min() / sum), limit);
        var hashes = new List<ulong>((int)scale + 1);
        var owners = new List<int>((int)scale + 1);
        var due = 0.0;
        for (var i = 0; i < keys.Length; i++)
        {
            // Running sums: what one endpoint gets too little of for rounding, the next one is due.
            due += scale * weights[i] / sum;
            for (var number = 0; hashes.Count < due - RoundingError && hashes.Count < limit; number++)
            {
                hashes.Add(HashOf(config, $"{keys[i]}_{number}"));
                owners.Add(i);
            }
        }

        var (places, indices) = (hashes.ToArray(), owners.ToArray());
        Array.Sort(places, indices);
        return new HashRing(places, indices);
    }

    /// <inheritdoc/>
    public override int Find(ulong hash)
    {
        var found = Array.BinarySearch(_hashes, hash);
        return found >= 0 ? found : ~found < _hashes.Length ? ~found : 0;
    }

    /// <summary>
    /// Places of all endpoints together. With half of the minimum for each, unlike Envoy, whose ring keeps its size: there each endpoint that comes or goes changes the number
    /// of places of all others, and moves hashes between them as well. As there, the lightest has a whole number.
    /// </summary>
    private static double PlacesOf(int endpoints, double minimum, double lightest)
    {
        var wanted = Math.Max(minimum, endpoints * Math.Ceiling(minimum / 2));
        return Math.Max(1, Math.Ceiling((lightest * wanted) - RoundingError)) / lightest;
    }

    private static ulong HashOf(RingHashConfig config, string place)
    {
        var bytes = Encoding.UTF8.GetBytes(place);
        return config.UsesMurmurHash2 ? MurmurHash2.Of(bytes) : XxHash64.Of(bytes);
    }
}
