namespace Zoneway.SniRouter.Telemetry;

/// <summary>What is counted per cluster, by the names Envoy uses (<c>cluster.NAME.…</c>). Safe for any number of threads.</summary>
public sealed class ClusterStats
{
    private readonly SmallCounters _counters = new((int)Counter.Count);

    /// <summary>What is counted.</summary>
    private enum Counter
    {
        Total, Destroyed, ConnectFail, ConnectTimeout, NoneHealthy, SentBytes, ReceivedBytes, Count,
    }

    /// <summary>upstream_cx_total: connections opened to endpoints.</summary>
    public long UpstreamConnections => _counters.Sum((int)Counter.Total);

    /// <summary>upstream_cx_active: connections open now.</summary>
    public long ActiveUpstreamConnections => Math.Max(0, _counters.Sum((int)Counter.Total) - _counters.Sum((int)Counter.Destroyed));

    /// <summary>upstream_cx_connect_fail: connect attempts that failed, timeouts included.</summary>
    public long ConnectFailures => _counters.Sum((int)Counter.ConnectFail);

    /// <summary>upstream_cx_connect_timeout: connect attempts that took too long.</summary>
    public long ConnectTimeouts => _counters.Sum((int)Counter.ConnectTimeout);

    /// <summary>upstream_cx_none_healthy: connections that found no endpoint to try.</summary>
    public long NoEndpoints => _counters.Sum((int)Counter.NoneHealthy);

    /// <summary>upstream_cx_tx_bytes_total: bytes sent to endpoints.</summary>
    public long SentBytes => _counters.Sum((int)Counter.SentBytes);

    /// <summary>upstream_cx_rx_bytes_total: bytes received from endpoints.</summary>
    public long ReceivedBytes => _counters.Sum((int)Counter.ReceivedBytes);

    internal void Connected() => _counters.Add((int)Counter.Total, 1);

    internal void Disconnected() => _counters.Add((int)Counter.Destroyed, 1);

    internal void ConnectFailed(bool timedOut)
    {
        _counters.Add((int)Counter.ConnectFail, 1);
        if (timedOut)
        {
            _counters.Add((int)Counter.ConnectTimeout, 1);
        }
    }

    internal void NoneHealthy() => _counters.Add((int)Counter.NoneHealthy, 1);

    internal void Transferred(long sent, long received)
    {
        _counters.Add((int)Counter.SentBytes, sent);
        _counters.Add((int)Counter.ReceivedBytes, received);
    }
}
