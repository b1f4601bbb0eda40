using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Proxying;

/// <summary>Serves a connection whose chain copies the stream: pick an endpoint, connect, splice.</summary>
internal sealed class TcpProxy(UpstreamConnector connector, ConnectionTracker tracker, IOptions<SniRouterOptions> options, TimeProvider time)
{
    public async Task<ConnectionOutcome> RunAsync(ConnectionScope scope, TcpProxyConfig config)
    {
        var target = scope.FilterChain.NextTarget();
        scope.Cluster = target.Cluster;
        if (target.Cluster.Current is not { } cluster)
        {
            return target.Cluster.Config is null ? ConnectionOutcome.NoCluster : ConnectionOutcome.NoEndpoints;
        }

        var limit = config.MaxConnectAttempts > 0 ? (int)Math.Min(config.MaxConnectAttempts, EndpointAttempts.MaxAttempts) : options.Value.ConnectAttempts;
        var connection = await ConnectAsync(scope, target.Cluster, cluster, new EndpointAttempts(cluster.Select(target.MetadataMatch), limit));
        return connection.Socket is null ? connection.Failure : await SpliceAsync(scope, connection.Socket, target.Cluster, config);
    }

    private async ValueTask<ConnectResult> ConnectAsync(ConnectionScope scope, ClusterState state, ClusterSnapshot cluster, EndpointAttempts attempts)
    {
        var result = new ConnectResult(null, ConnectionOutcome.NoEndpoints);
        while (attempts.Next() is { } endpoint)
        {
            scope.Endpoint = endpoint;
            result = await connector.ConnectAsync(endpoint.Address, cluster.Config.ConnectTimeout, tracker.Aborted);
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

    private async Task<ConnectionOutcome> SpliceAsync(ConnectionScope scope, Socket upstream, ClusterState cluster, TcpProxyConfig config)
    {
        var endpoint = scope.Endpoint!;
        endpoint.State.Connected();
        cluster.Stats.Connected();
        using var splicer = new ConnectionSplicer(new DownstreamConnection(scope.Context), upstream, config.IdleTimeout, time);
        try
        {
            return await splicer.RunAsync(tracker.Aborted);
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
