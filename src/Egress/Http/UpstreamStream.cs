using System.Net.Sockets;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.Egress.Http;

/// <summary>A connection of a pool: counts itself in and, when it closes, out again.</summary>
internal sealed class UpstreamStream : NetworkStream
{
    private readonly ClusterState _cluster;
    private readonly UpstreamEndpoint _endpoint;
    private CircuitBreakerHold _held;
    private int _isClosed;

    public UpstreamStream(Socket socket, ClusterState cluster, UpstreamEndpoint endpoint, CircuitBreakerHold held)
        : base(socket, ownsSocket: true)
    {
        (_cluster, _endpoint, _held) = (cluster, endpoint, held);
        cluster.Stats.Connected();
        endpoint.State.Connected(answersFollow: true);
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _cluster.Stats.Disconnected();
            _endpoint.State.Disconnected();
            _cluster.CircuitBreaker.Release(ref _held);
        }

        base.Dispose(disposing);
    }
}
