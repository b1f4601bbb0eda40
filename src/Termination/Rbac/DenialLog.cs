using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Zoneway.Termination.Rbac;

/// <summary>
/// The audit of refusals. The first one of a peer at a filter is a warning, later ones are for debugging, so that a peer that tries again and again fills no disk;
/// after <see cref="Period"/> it is worth a warning again. All are counted. Safe on any thread.
/// </summary>
/// <param name="logger">Where to.</param>
/// <param name="time">The clock.</param>
public sealed partial class DenialLog(ILogger<DenialLog> logger, TimeProvider time)
{
    /// <summary>Most pairs of a filter and a peer that are warned about in a <see cref="Period"/>; the number of warnings that identities made up for it can cause.</summary>
    public const int MaxWarnings = 256;

    /// <summary>How long a pair of a filter and a peer stays known.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private readonly long _start = time.GetTimestamp();
    private Seen _seen = new(0);
    private long _denials;

    /// <summary>Refusals so far.</summary>
    public long Denials => Interlocked.Read(ref _denials);

    /// <summary>Writes a refusal.</summary>
    public void Write(in RbacDenial denial)
    {
        Interlocked.Increment(ref _denials);
        var policy = denial.PolicyName.Length == 0 ? "none" : denial.PolicyName;
        switch (Note(denial.StatPrefix, denial.Peer.ToString()))
        {
            case Novelty.New:
                Log.Denied(logger, denial.ConnectionId, denial.Peer, denial.ServerName, policy, denial.StatPrefix);
                break;
            case Novelty.OneTooMany:
                Log.TooMany(logger, MaxWarnings);
                goto default;
            default:
                Log.DeniedAgain(logger, denial.ConnectionId, denial.Peer, denial.ServerName, policy, denial.StatPrefix);
                break;
        }
    }

    private Novelty Note(string statPrefix, string peer)
    {
        var seen = Current();
        if (seen.Pairs.ContainsKey((statPrefix, peer)) || Volatile.Read(ref seen.Count) > MaxWarnings)
        {
            return Novelty.Known;
        }

        if (!seen.Pairs.TryAdd((statPrefix, peer), 0))
        {
            return Novelty.Known;
        }

        var count = Interlocked.Increment(ref seen.Count);
        return count <= MaxWarnings ? Novelty.New : count == MaxWarnings + 1 ? Novelty.OneTooMany : Novelty.Known;
    }

    // The pairs of the period that runs now. Whoever comes first in a new one forgets the old.
    private Seen Current()
    {
        var period = time.GetElapsedTime(_start).Ticks / Period.Ticks;
        var seen = Volatile.Read(ref _seen);
        if (seen.Period >= period)
        {
            return seen;
        }

        var next = new Seen(period);
        var before = Interlocked.CompareExchange(ref _seen, next, seen);
        return before == seen ? next : before;
    }

    private enum Novelty
    {
        Known,
        New,
        OneTooMany,
    }

    private sealed class Seen(long period)
    {
        // Written once by each thread that adds a pair: it may go a little beyond the limit, by the threads that come at once.
        public int Count;

        public long Period => period;

        public ConcurrentDictionary<(string StatPrefix, string Peer), byte> Pairs { get; } = new();
    }

    private static partial class Log
    {
        [LoggerMessage(800, LogLevel.Warning,
            "Connection {ConnectionId}: access control refused {Peer} who asked for '{ServerName}': policy {Policy}, filter '{Filter}'. Further refusals of this peer by this filter are logged at Debug for an hour.")]
        public static partial void Denied(ILogger logger, string connectionId, object peer, string serverName, string policy, string filter);

        [LoggerMessage(801, LogLevel.Debug, "Connection {ConnectionId}: access control refused {Peer} who asked for '{ServerName}': policy {Policy}, filter '{Filter}'.")]
        public static partial void DeniedAgain(ILogger logger, string connectionId, object peer, string serverName, string policy, string filter);

        [LoggerMessage(802, LogLevel.Warning, "Access control has refused {Limit} different peers within an hour; more of them are logged at Debug only, and counted.")]
        public static partial void TooMany(ILogger logger, int limit);
    }
}
