using System.Collections.Immutable;
using System.Net;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>What is known of one name of a cluster: the last good answer, and how the lookups go. Not thread-safe.</summary>
internal sealed class DnsName(string host, DnsConfig config)
{
    // An answer that holds for less would have its name asked for without pause; one that holds for longer would be believed too long after a move.
    private static readonly TimeSpan ShortestTimeToLive = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeToLive = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestRefresh = TimeSpan.FromMilliseconds(100);

    private int _failures;

    /// <summary>The name.</summary>
    public string Host { get; } = host;

    /// <summary>The addresses of the last good answer; empty when there was none yet.</summary>
    public ImmutableArray<IPAddress> Addresses { get; set; } = [];

    /// <summary>Whether there was an answer yet, good or not, or one was inherited.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Whether the last lookup, if any, found nothing.</summary>
    public bool IsFailing => _failures > 0;

    /// <summary>Takes an answer over.</summary>
    /// <param name="addresses">What counts of it; empty for a failure.</param>
    /// <param name="ordered">Whether another order of the same addresses is a change.</param>
    /// <returns>Whether the addresses changed.</returns>
    public bool Take(ImmutableArray<IPAddress> addresses, bool ordered)
    {
        IsKnown = true;
        if (addresses.IsEmpty)
        {
            _failures++;
            return false;
        }

        _failures = 0;
        if (addresses.SequenceEqual(Addresses) || (!ordered && addresses.Length == Addresses.Length && addresses.ToHashSet().SetEquals(Addresses)))
        {
            return false;
        }

        Addresses = addresses;
        return true;
    }

    /// <summary>Time to the next lookup.</summary>
    public TimeSpan NextLookup(TimeSpan? timeToLive)
    {
        var delay = config.RefreshRate;
        if (IsFailing && config.FailureRefreshRate is { } rate)
        {
            // Beyond 2^20 times any rate is above its maximum.
            delay = TimeSpan.FromTicks((long)Math.Min(config.MaxFailureRefreshRate.Ticks, rate.Ticks * Math.Pow(2, Math.Min(_failures - 1, 20))));
        }
        else if (!IsFailing && config.RespectsTimeToLive && timeToLive is { } ttl && ttl > TimeSpan.Zero)
        {
            delay = ttl < ShortestTimeToLive ? ShortestTimeToLive : ttl > LongestTimeToLive ? LongestTimeToLive : ttl;
        }

        return delay < ShortestRefresh ? ShortestRefresh : delay;
    }
}
