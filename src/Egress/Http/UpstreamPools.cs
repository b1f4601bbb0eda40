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

    /// <summary>The pool for an endpoint.</summary>
    public UpstreamPool Get(ClusterState state, ClusterSnapshot cluster, UpstreamEndpoint endpoint) =>
        _clusters.GetValue(state, static _ => new OfCluster()).Get(cluster, endpoint, () => new UpstreamPool(state, cluster.Config, endpoint, connector, security, time));

    private sealed class OfCluster
    {
        private readonly ConcurrentDictionary<EndPoint, UpstreamPool> _pools = new();
        private ClusterSnapshot? _prunedFor;

        public UpstreamPool Get(ClusterSnapshot cluster, UpstreamEndpoint endpoint, Func<UpstreamPool> create)
        {
            if (!ReferenceEquals(Volatile.Read(ref _prunedFor), cluster) && !ReferenceEquals(Interlocked.Exchange(ref _prunedFor, cluster), cluster))
            {
                Prune(cluster);
            }

            while (true)
            {
                if (!_pools.TryGetValue(endpoint.Config.Identity, out var pool))
                {
                    pool = _pools.GetOrAdd(endpoint.Config.Identity, create());
                }

                if (pool.Suits(cluster.Config, endpoint))
                {
                    pool.Follow(endpoint);
                    return pool;
                }

                // The cluster is spoken to in another way now. Requests on their way end as they began.
                if (_pools.TryRemove(new(endpoint.Config.Identity, pool)))
                {
                    pool.Retire();
                }
            }
        }

        private void Prune(ClusterSnapshot cluster)
        {
            var identities = cluster.Endpoints.Select(endpoint => endpoint.Config.Identity).ToHashSet();
            foreach (var (identity, pool) in _pools)
            {
                if (!identities.Contains(identity) && _pools.TryRemove(new(identity, pool)))
                {
                    pool.Retire();
                }
            }
        }
    }
}
