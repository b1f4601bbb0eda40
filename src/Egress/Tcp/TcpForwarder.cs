using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Zoneway.Egress.Connections;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.Egress.Tcp;

/// <summary>Serves a connection whose chain copies the bytes inside TLS to an endpoint: pick, connect, TLS where the cluster asks for it, copy.</summary>
internal sealed class TcpForwarder(UpstreamDialer dialer, UpstreamSecurity security, ConnectionTracker tracker, IOptions<SniRouterOptions> options, TimeProvider time)
{
    /// <summary>Copies until both sides are done. The outcome goes into the scope.</summary>
    public async Task ServeAsync(ConnectionScope scope, Stream downstream, TcpProxyConfig config)
    {
        try
        {
            var connection = await dialer.OpenAsync(scope, config);
            scope.Outcome = connection.Socket is null ? connection.Failure : await ForwardAsync(scope, downstream, connection.Socket, config);
        }
        finally
        {
            UpstreamDialer.Release(scope);
        }
    }

    private async Task<ConnectionOutcome> ForwardAsync(ConnectionScope scope, Stream downstream, Socket socket, TcpProxyConfig config)
    {
        var cluster = scope.Cluster!;
        var endpoint = scope.Endpoint!;
        endpoint.State.Connected();
        cluster.CircuitBreaker.Connected(ref scope.Held);
        cluster.Stats.Connected();
        try
        {
            var (upstream, _) = await security.AuthenticateAsync(new NetworkStream(socket, ownsSocket: true), cluster.Config!, endpoint, null, tracker.Aborted);
            if (upstream is null)
            {
                cluster.Stats.ConnectFailed(timedOut: false);
                return ConnectionOutcome.UpstreamTlsFailed;
            }

            await using (upstream)
            {
                using var splicer = new StreamSplicer(downstream, upstream, socket, config.IdleTimeout, options.Value.HalfClosedTimeout, time);
                var outcome = await splicer.RunAsync(tracker, config.MaxDuration);
                (scope.BytesSent, scope.BytesReceived) = (splicer.BytesSent, splicer.BytesReceived);
                return outcome;
            }
        }
        finally
        {
            endpoint.State.Disconnected();
            cluster.Stats.Disconnected();
            cluster.Stats.Transferred(scope.BytesSent, scope.BytesReceived);
        }
    }
}
