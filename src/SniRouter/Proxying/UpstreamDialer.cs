using Microsoft.Extensions.Options;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Hashing;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Proxying;

/// <summary>Opens the connection to an endpoint that a chain's connection is copied to: cluster, circuit breaker, choice of endpoint, attempts.</summary>
internal sealed class UpstreamDialer(UpstreamConnector connector, ConnectionTracker tracker, IOptions<SniRouterOptions> options, TimeProvider time)
{
    private static readonly TimeSpan LeastShare = TimeSpan.FromMilliseconds(100);

    /// <summary>Connects. Cluster and endpoint are noted in the scope; whatever comes of it, <see cref="Release"/> has to follow.</summary>
    public async ValueTask<ConnectResult> OpenAsync(ConnectionScope scope, TcpProxyConfig config)
    {
        var target = scope.FilterChain.NextTarget();
        scope.Cluster = target.Cluster;
        if (target.Cluster.Current is not { } cluster)
        {
            if (target.Cluster.Config is null)
            {
                return new ConnectResult(null, ConnectionOutcome.NoCluster);
            }

            target.Cluster.Stats.NoneHealthy();
            return new ConnectResult(null, ConnectionOutcome.NoEndpoints);
        }

        scope.Held = target.Cluster.CircuitBreaker.TryConnect(cluster.Config.CircuitBreakers, out var full);
        if (scope.Held == CircuitBreakerHold.None)
        {
            target.Cluster.Stats.Overflowed(full);
            return new ConnectResult(null, ConnectionOutcome.UpstreamOverflow);
        }

        var limit = EndpointAttempts.Limit(config.MaxConnectAttempts, options.Value.ConnectAttempts);
        var hash = config.HashesSourceAddress ? SourceHash.Of(scope.Context.RemoteEndPoint) : null;
        return await ConnectAsync(scope, target.Cluster, cluster, new EndpointAttempts(cluster.Select(target.MetadataMatch), limit, hash));
    }

    /// <summary>Gives back what the connection holds of its cluster.</summary>
    public static void Release(ConnectionScope scope) => scope.Cluster?.CircuitBreaker.Release(ref scope.Held);

    private async ValueTask<ConnectResult> ConnectAsync(ConnectionScope scope, ClusterState state, ClusterSnapshot cluster, EndpointAttempts attempts)
    {
        var result = new ConnectResult(null, ConnectionOutcome.NoEndpoints);
        var started = time.GetTimestamp();
        while (MayTry(scope, state, cluster, attempts) && attempts.Next() is { } endpoint)
        {
            scope.Endpoint = endpoint;
            // What is left of the cluster's connect timeout is shared evenly by the attempts that are left.
            var share = (cluster.Config.ConnectTimeout - time.GetElapsedTime(started)) / (attempts.Left + 1);
            result = await connector.ConnectAsync(endpoint, share > LeastShare ? share : LeastShare, tracker.Aborted);
            if (result.Socket is not null || result.Failure == ConnectionOutcome.Drained)
            {
                return result;
            }

            endpoint.State.ConnectFailed();
            state.Stats.ConnectFailed(result.Failure == ConnectionOutcome.ConnectTimeout);
        }

        if (attempts.Count == 0)
        {
            state.Stats.NoneHealthy();
        }

        return result;
    }

    /// <summary>Whether the cluster allows an attempt: the first one always, a further one within its limit of retries.</summary>
    private static bool MayTry(ConnectionScope scope, ClusterState state, ClusterSnapshot cluster, in EndpointAttempts attempts)
    {
        if (attempts.Count == 0 || attempts.Left == 0 || state.CircuitBreaker.TryRetry(cluster.Config.CircuitBreakers, ref scope.Held))
        {
            return true;
        }

        state.Stats.Overflowed(CircuitBreakerHold.Retry);
        return false;
    }
}
