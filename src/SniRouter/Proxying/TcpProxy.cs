using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Proxying;

/// <summary>Serves a connection whose chain copies the stream: pick an endpoint, connect, splice.</summary>
internal sealed class TcpProxy(
    UpstreamConnector connector, ConnectionTracker tracker, ConnectionReporter reporter, IOptions<SniRouterOptions> options, TimeProvider time)
{
    private static readonly TimeSpan LeastShare = TimeSpan.FromMilliseconds(100);

    // What a timer takes; the control plane's longest duration is shorter.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    public async Task<ConnectionOutcome> RunAsync(ConnectionScope scope, TcpProxyConfig config)
    {
        var target = scope.FilterChain.NextTarget();
        scope.Cluster = target.Cluster;
        if (target.Cluster.Current is not { } cluster)
        {
            if (target.Cluster.Config is null)
            {
                return ConnectionOutcome.NoCluster;
            }

            target.Cluster.Stats.NoneHealthy();
            return ConnectionOutcome.NoEndpoints;
        }

        scope.Held = target.Cluster.CircuitBreaker.TryConnect(cluster.Config.CircuitBreakers, out var full);
        if (scope.Held == CircuitBreakerHold.None)
        {
            target.Cluster.Stats.Overflowed(full);
            return ConnectionOutcome.UpstreamOverflow;
        }

        try
        {
            var limit = EndpointAttempts.Limit(config.MaxConnectAttempts, options.Value.ConnectAttempts);
            var connection = await ConnectAsync(scope, target.Cluster, cluster, new EndpointAttempts(cluster.Select(target.MetadataMatch), limit));
            return connection.Socket is null ? connection.Failure : await SpliceAsync(scope, connection.Socket, target.Cluster, config);
        }
        finally
        {
            target.Cluster.CircuitBreaker.Release(ref scope.Held);
        }
    }

    private async ValueTask<ConnectResult> ConnectAsync(ConnectionScope scope, ClusterState state, ClusterSnapshot cluster, EndpointAttempts attempts)
    {
        var result = new ConnectResult(null, ConnectionOutcome.NoEndpoints);
        var started = time.GetTimestamp();
        while (MayTry(scope, state, cluster, attempts) && attempts.Next() is { } endpoint)
        {
            scope.Endpoint = endpoint;
            // What is left of the cluster's connect timeout is shared evenly by the attempts that are left.
            var share = (cluster.Config.ConnectTimeout - time.GetElapsedTime(started)) / (attempts.Left + 1);
            result = await connector.ConnectAsync(endpoint.Address, share > LeastShare ? share : LeastShare, tracker.Aborted);
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

    private ITimer EndLater(ConnectionSplicer splicer, TimeSpan left) => time.CreateTimer(
        static state => ((ConnectionSplicer)state!).EndForAge(), splicer, left <= TimeSpan.Zero ? TimeSpan.Zero : left < LongestTimer ? left : LongestTimer, Timeout.InfiniteTimeSpan);

    private void LogConnected(ConnectionScope scope, Socket upstream, TcpProxyConfig config)
    {
        if (scope.AccessLog is not { } log)
        {
            return;
        }

        if ((log.Needs & AccessLogNeeds.UpstreamLocal) != 0)
        {
            log.TakeUpstream(upstream.LocalEndPoint);
        }

        if (config.LogsOnConnected)
        {
            reporter.Connected(scope.ToReport(ConnectionOutcome.Completed, time));
        }
    }

    private async Task<ConnectionOutcome> SpliceAsync(ConnectionScope scope, Socket upstream, ClusterState cluster, TcpProxyConfig config)
    {
        var endpoint = scope.Endpoint!;
        endpoint.State.Connected();
        cluster.CircuitBreaker.Connected(ref scope.Held);
        cluster.Stats.Connected();
        using var splicer = new ConnectionSplicer(new DownstreamConnection(scope.Context), upstream, config.IdleTimeout, options.Value.HalfClosedTimeout, time);
        await using var lastMoment = config.MaxDuration == Timeout.InfiniteTimeSpan ? null : EndLater(splicer, config.MaxDuration - time.GetElapsedTime(scope.Listener.AcceptedTimestamp));
        try
        {
            LogConnected(scope, upstream, config);
            return await splicer.RunAsync(tracker);
        }
        finally
        {
            endpoint.State.Disconnected();
            cluster.Stats.Disconnected();
            cluster.Stats.Transferred(splicer.BytesSent, splicer.BytesReceived);
            scope.BytesSent = splicer.BytesSent;
            scope.BytesReceived = splicer.BytesReceived;
        }
    }
}
