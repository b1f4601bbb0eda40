using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using Zoneway.Egress.Connections;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Proxying;

namespace Zoneway.Egress.Http;

/// <summary>The pools of connections to the endpoints of clusters that HTTP is forwarded to. A pool lasts as long as its endpoint and the way to speak to it.</summary>
internal sealed class UpstreamPools(UpstreamConnector connector, UpstreamSecurity security, TimeProvider time)
{
    private readonly ConditionalWeakTable<ClusterState, OfCluster> _clusters = [];

    /// <summary>The pool for an endpoint. It is not disposed before <see cref="UpstreamPool.Release"/>, whatever becomes of the configuration.</summary>
    public UpstreamPool Use(ClusterState state, ClusterSnapshot cluster, UpstreamEndpoint endpoint)
    {
        var pools = _clusters.GetValue(state, static _ => new OfCluster());
        while (true)
        {
            var pool = pools.Find(cluster, endpoint) ?? pools.Add(new UpstreamPool(state, cluster.Config, endpoint, connector, security, time), endpoint);
            if (pool.TryUse())
            {
                return pool;
            }
        }
    }

    private sealed class OfCluster
    {
        private readonly ConcurrentDictionary<EndPoint, UpstreamPool> _pools = new();
        private ClusterSnapshot? _prunedFor;

        public UpstreamPool Add(UpstreamPool pool, UpstreamEndpoint endpoint)
        {
            var kept = _pools.GetOrAdd(endpoint.Config.Identity, pool);
            if (!ReferenceEquals(kept, pool))
            {
                pool.Release();
            }

            return kept;
        }

        // Null when there is none, or it speaks in another way than the cluster asks for now.
        public UpstreamPool? Find(ClusterSnapshot cluster, UpstreamEndpoint endpoint)
        {
            if (!ReferenceEquals(Volatile.Read(ref _prunedFor), cluster) && !ReferenceEquals(Interlocked.Exchange(ref _prunedFor, cluster), cluster))
            {
                Prune(cluster);
            }

            if (!_pools.TryGetValue(endpoint.Config.Identity, out var pool))
            {
                return null;
            }

            if (pool.TryFollow(cluster.Config, endpoint))
            {
                return pool;
            }

            Remove(endpoint.Config.Identity, pool);
            return null;
        }

        private void Prune(ClusterSnapshot cluster)
        {
            var identities = cluster.Endpoints.Select(endpoint => endpoint.Config.Identity).ToHashSet();
            foreach (var (identity, pool) in _pools)
            {
                if (!identities.Contains(identity))
                {
                    Remove(identity, pool);
                }
            }
        }

        // Requests on their way end as they began.
        private void Remove(EndPoint identity, UpstreamPool pool)
        {
            if (_pools.TryRemove(new(identity, pool)))
            {
                pool.Release();
            }
        }
    }
}
