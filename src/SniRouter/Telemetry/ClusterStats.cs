using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Dns;

namespace Zoneway.SniRouter.Telemetry;

/// <summary>What is counted per cluster, by the names Envoy uses (<c>cluster.NAME.…</c>). Safe for any number of threads.</summary>
public sealed class ClusterStats
{
    private readonly SmallCounters _counters = new((int)Counter.Count);

    /// <summary>What is counted.</summary>
    private enum Counter
    {
        Total, Destroyed, ConnectFail, ConnectTimeout, NoneHealthy, Overflow, PendingOverflow, RetryOverflow, SentBytes, ReceivedBytes, UpdateAttempt, UpdateSuccess, UpdateFailure, UpdateEmpty,
        Request, Answer1xx, Answer2xx, Answer3xx, Answer4xx, Answer5xx, RequestTimeout, Retried, RetrySucceeded, Count,
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

    /// <summary>upstream_cx_overflow: connections refused because the cluster had as many as it may.</summary>
    public long Overflows => _counters.Sum((int)Counter.Overflow);

    /// <summary>upstream_rq_pending_overflow: connections refused because as many as may were being opened, and requests because as many as may were on their way.</summary>
    public long PendingOverflows => _counters.Sum((int)Counter.PendingOverflow);

    /// <summary>upstream_rq_retry_overflow: connections and requests given up because as many as may were trying another endpoint.</summary>
    public long RetryOverflows => _counters.Sum((int)Counter.RetryOverflow);

    /// <summary>upstream_cx_tx_bytes_total: bytes sent to endpoints.</summary>
    public long SentBytes => _counters.Sum((int)Counter.SentBytes);

    /// <summary>upstream_cx_rx_bytes_total: bytes received from endpoints.</summary>
    public long ReceivedBytes => _counters.Sum((int)Counter.ReceivedBytes);

    /// <summary>update_attempt: lookups of its names.</summary>
    public long UpdateAttempts => _counters.Sum((int)Counter.UpdateAttempt);

    /// <summary>update_success: lookups that found addresses, or an answer that there are none.</summary>
    public long UpdateSuccesses => _counters.Sum((int)Counter.UpdateSuccess);

    /// <summary>update_failure: lookups without a usable answer.</summary>
    public long UpdateFailures => _counters.Sum((int)Counter.UpdateFailure);

    /// <summary>update_empty: lookups that found that there are no addresses.</summary>
    public long UpdatesEmpty => _counters.Sum((int)Counter.UpdateEmpty);

    internal void Resolving() => _counters.Add((int)Counter.UpdateAttempt, 1);

    internal void Resolved(DnsOutcome outcome)
    {
        _counters.Add((int)(outcome == DnsOutcome.Failed ? Counter.UpdateFailure : Counter.UpdateSuccess), 1);
        if (outcome == DnsOutcome.Empty)
        {
            _counters.Add((int)Counter.UpdateEmpty, 1);
        }
    }

    /// <summary>upstream_rq_total: requests sent to endpoints, further attempts included.</summary>
    public long Requests => _counters.Sum((int)Counter.Request);

    /// <summary>upstream_rq_timeout: requests that got no answer in time.</summary>
    public long RequestTimeouts => _counters.Sum((int)Counter.RequestTimeout);

    /// <summary>upstream_rq_retry: further attempts.</summary>
    public long Retries => _counters.Sum((int)Counter.Retried);

    /// <summary>upstream_rq_retry_success: further attempts that were answered.</summary>
    public long RetrySuccesses => _counters.Sum((int)Counter.RetrySucceeded);

    /// <summary>upstream_rq_xx: answers of endpoints whose status begins with a digit.</summary>
    /// <param name="digit">1 to 5.</param>
    public long Answers(int digit) => _counters.Sum((int)Counter.Answer1xx + digit - 1);

    internal void RequestStarted() => _counters.Add((int)Counter.Request, 1);

    internal void Answered(int status, bool isRetry)
    {
        _counters.Add((int)Counter.Answer1xx + Math.Clamp(status / 100, 1, 5) - 1, 1);
        if (isRetry)
        {
            _counters.Add((int)Counter.RetrySucceeded, 1);
        }
    }

    internal void RequestTimedOut() => _counters.Add((int)Counter.RequestTimeout, 1);

    internal void Retried() => _counters.Add((int)Counter.Retried, 1);

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

    internal void Overflowed(CircuitBreakerHold full) => _counters.Add(
        (int)(full == CircuitBreakerHold.Connection ? Counter.Overflow : full == CircuitBreakerHold.Retry ? Counter.RetryOverflow : Counter.PendingOverflow), 1);

    internal void NoneHealthy() => _counters.Add((int)Counter.NoneHealthy, 1);

    internal void Transferred(long sent, long received)
    {
        _counters.Add((int)Counter.SentBytes, sent);
        _counters.Add((int)Counter.ReceivedBytes, received);
    }
}
