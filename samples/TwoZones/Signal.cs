namespace Zoneway.TwoZones;

/// <summary>Wakes those who wait for a condition whenever what it depends on may have changed. Safe for use from any thread.</summary>
internal sealed class Signal
{
    private volatile TaskCompletionSource _next = Create();

    /// <summary>Makes everyone who waits look again.</summary>
    public void Pulse() => Interlocked.Exchange(ref _next, Create()).TrySetResult();

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">Looked at now and after each pulse.</param>
    /// <param name="limit">Longest time to wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when the limit was reached first.</returns>
    public async Task<bool> WaitAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellation)
    {
        using var expired = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        expired.CancelAfter(limit);
        try
        {
            while (true)
            {
                // Taken before looking, so that no pulse is missed.
                var next = _next.Task;
                if (condition())
                {
                    return true;
                }

                await next.WaitAsync(expired.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return condition();
        }
    }

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
