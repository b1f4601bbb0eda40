using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Proxying;

/// <summary>Serves a connection whose chain copies the stream: pick an endpoint, connect, splice.</summary>
internal sealed class TcpProxy(
    UpstreamDialer dialer, ConnectionTracker tracker, ConnectionReporter reporter, IOptions<SniRouterOptions> options, TimeProvider time)
{
    // What a timer takes; the control plane's longest duration is shorter.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    public async Task<ConnectionOutcome> RunAsync(ConnectionScope scope, TcpProxyConfig config)
    {
        try
        {
            var connection = await dialer.OpenAsync(scope, config);
            return connection.Socket is null ? connection.Failure : await SpliceAsync(scope, connection.Socket, scope.Cluster!, config);
        }
        finally
        {
            UpstreamDialer.Release(scope);
        }
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
