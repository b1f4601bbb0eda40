using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>
/// Follows the names in STRICT_DNS and LOGICAL_DNS clusters: asks for each at once and then again and again, and hands over endpoints when they change.
/// </summary>
/// <remarks>
/// A name keeps its last good answer when a lookup fails or finds nothing. Envoy, too, keeps it on a failure, but takes all endpoints of a STRICT_DNS cluster away on an answer without any; a
/// zone does better with addresses that may still serve than with none. A cluster has its first endpoints, perhaps none, once each of its names was answered or has
/// failed. <see cref="Follow"/> and <see cref="Forget"/> are called where updates are applied, one at a time.
/// </remarks>
public sealed class ClusterResolver : IDisposable
{
    // One writer at a time, but the end of the program may come meanwhile.
    private readonly ConcurrentDictionary<ClusterState, DnsCluster> _clusters = new();
    private readonly DnsResolvers _resolvers;

    internal ClusterResolver(DnsResolvers resolvers, TimeProvider time, ILogger<ClusterResolver> logger)
    {
        _resolvers = resolvers;
        Time = time;
        Logger = logger;
    }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    /// <summary>Called when a cluster's endpoints have changed; has <see cref="DnsCluster.Apply"/> called where updates are applied.</summary>
    internal Func<DnsCluster, Task> PublishAsync { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Clusters whose names are followed.</summary>
    internal int Clusters => _clusters.Count;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var cluster in _clusters.Values)
        {
            cluster.Dispose();
        }
    }

    /// <summary>Begins with a new configuration of a cluster, which has names or not, and gives the cluster what is known already.</summary>
    internal void Follow(ClusterState cluster, ClusterConfig config)
    {
        _clusters.TryRemove(cluster, out var previous);
        previous?.Dispose();
        if (!config.ResolvesNames)
        {
            return;
        }

        var next = new DnsCluster(cluster, config, this, previous);
        _clusters[cluster] = next;
        next.Apply();
        next.Start();
    }

    /// <summary>Ends the lookups of a cluster, if there are any.</summary>
    internal void Forget(ClusterState cluster)
    {
        if (_clusters.TryRemove(cluster, out var previous))
        {
            previous.Dispose();
        }
    }

    internal IDnsResolver For(DnsConfig config) => config.RespectsTimeToLive ? _resolvers.WithTimeToLive : _resolvers.System;
}
