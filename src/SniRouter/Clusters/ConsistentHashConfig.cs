namespace Zoneway.SniRouter.Clusters;

/// <summary>How endpoints are found from a hash (Cluster.lb_policy RING_HASH and MAGLEV). Default values are Envoy's.</summary>
public abstract record ConsistentHashConfig;

/// <summary>A ring with places for each endpoint (Cluster.RingHashLbConfig).</summary>
public sealed record RingHashConfig : ConsistentHashConfig
{
    /// <summary>Largest size of a ring, and the default of <see cref="MaximumSize"/>: 8 Mi.</summary>
    public const ulong LargestSize = 8 * 1024 * 1024;

    /// <summary>Most places that a ring is given, whatever its configuration allows: 262,144, which are 3 MiB and made in some 100 ms.</summary>
    public const int MostPlaces = 256 * 1024;

    /// <summary>Fewest places of all endpoints together. Default 1,024.</summary>
    public ulong MinimumSize { get; init; } = 1024;

    /// <summary>Most places of all endpoints together. At most <see cref="LargestSize"/>, the default.</summary>
    public ulong MaximumSize { get; init; } = LargestSize;

    /// <summary>Whether places are found with MurmurHash2 rather than xxHash.</summary>
    public bool UsesMurmurHash2 { get; init; }
}

/// <summary>A table with a fixed number of places (Cluster.MaglevLbConfig).</summary>
public sealed record MaglevConfig : ConsistentHashConfig
{
    /// <summary>Largest size of a table.</summary>
    public const ulong LargestSize = 5000011;

    /// <summary>The size of a table that was asked for: the next prime number, without which an endpoint's steps would not reach every place.</summary>
    public static int SizeOf(ulong wanted)
    {
        var size = (int)Math.Clamp(wanted, 2, LargestSize);
        while (!IsPrime(size))
        {
            size++;
        }

        return size;
    }

    /// <summary>Number of places, a prime number. Default 65,537; at most <see cref="LargestSize"/>.</summary>
    public ulong TableSize { get; init; } = 65537;

    private static bool IsPrime(int number)
    {
        for (var divisor = 2; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }

        return true;
    }
}
