using Zoneway.SniRouter.Clusters;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>Whether and when one request is tried again: as its route says, within the circuit breaker of its cluster.</summary>
internal sealed class Retries(RetryPolicyConfig? policy, ClusterState cluster, CircuitBreakerConfig limits) : IDisposable
{
    private CircuitBreakerHold _held;
    private uint _byPolicy;

    /// <summary>Most further attempts by the policy.</summary>
    public uint Allowed => policy?.Count ?? 0;

    /// <summary>Further attempts made.</summary>
    public uint Made { get; private set; }

    /// <summary>Longest time of one attempt.</summary>
    public TimeSpan PerTryTimeout => policy?.PerTryTimeout ?? Timeout.InfiniteTimeSpan;

    /// <summary>Whether an answer of this status is thrown away for another attempt.</summary>
    public bool AnswersStatus(int status) => policy is not null && _byPolicy < policy.Count
        && ((Has(RetryConditions.ServerErrors) && status is >= 500 and < 600)
            || (Has(RetryConditions.GatewayErrors) && status is 502 or 503 or 504)
            || (Has(RetryConditions.Retriable4xx) && status == 409)
            || (Has(RetryConditions.Statuses) && policy.Statuses.Contains(status)))
        && TryReserve();

    /// <summary>Whether a fault is answered by another attempt. One that never reached an endpoint is in any case, as long as there is another endpoint.</summary>
    public bool Answers(ForwardFault fault, int endpointsLeft)
    {
        if (fault.Kind == ForwardFaultKind.Discarded)
        {
            return true;
        }

        return IsReason(fault, endpointsLeft) && TryReserve();
    }

    private bool IsReason(ForwardFault fault, int endpointsLeft)
    {
        if (fault.IsConnectFailure && fault.Kind != ForwardFaultKind.Overflow && endpointsLeft > 0)
        {
            return true;
        }

        return policy is not null && _byPolicy < policy.Count
            && (fault.IsConnectFailure ? Has(RetryConditions.ConnectFailure | RetryConditions.ServerErrors | RetryConditions.GatewayErrors)
                : fault.Kind == ForwardFaultKind.RefusedStream ? Has(RetryConditions.RefusedStream | RetryConditions.Reset | RetryConditions.ServerErrors)
                : fault.Kind == ForwardFaultKind.Reset ? Has(RetryConditions.Reset | RetryConditions.ServerErrors | RetryConditions.GatewayErrors)
                : fault.Kind == ForwardFaultKind.AttemptTimeout && Has(RetryConditions.ServerErrors | RetryConditions.GatewayErrors | RetryConditions.Reset));
    }

    /// <summary>Counts another attempt, and waits before it where the policy says so: up to the base interval, doubled each time.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="limit">Cancelled when the request's time is over.</param>
    /// <param name="aborted">Cancelled when the client has gone.</param>
    public async ValueTask WaitAsync(TimeProvider time, CancellationToken limit, CancellationToken aborted)
    {
        Made++;
        if (policy is null)
        {
            return;
        }

        var most = Math.Min(policy.BaseInterval.TotalMilliseconds * Math.Pow(2, _byPolicy), policy.MaxInterval.TotalMilliseconds);
        _byPolicy++;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit, aborted);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * most), time, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The next attempt fails at once for want of time or of a client, and says so.
        }
    }

    /// <summary>Gives back its place among the requests that are tried again.</summary>
    public void Dispose() => cluster.CircuitBreaker.Release(ref _held);

    private bool TryReserve()
    {
        if (cluster.CircuitBreaker.TryRetry(limits, ref _held))
        {
            return true;
        }

        cluster.Stats.Overflowed(CircuitBreakerHold.Retry);
        return false;
    }

    private bool Has(RetryConditions any) => (policy!.On & any) != 0;
}
