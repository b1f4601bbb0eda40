namespace Zoneway.Xds.Grpc;

/// <summary>
/// How long a call lasts and how it ended. The first cause settles the status: the server's, a failure, cancellation or the deadline.
/// </summary>
internal sealed class CallLifetime : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenRegistration _callerRegistration;
    private readonly ITimer? _deadline;
    private Outcome? _outcome; // set once

    public CallLifetime(in CallOptions options, TimeProvider time)
    {
        Token = _cancellation.Token;
        if (options.Deadline is { } deadline)
        {
            var dueTime = TimeSpan.FromTicks(Math.Clamp((deadline - time.GetUtcNow()).Ticks, 0, GrpcTimeout.Longest.Ticks));
            _deadline = time.CreateTimer(static state => ((CallLifetime)state!).Abort(DeadlineExceeded), this, dueTime, Timeout.InfiniteTimeSpan);
        }

        _callerRegistration = AbortOn(options.CancellationToken);
    }

    /// <summary>Cancelled when the call is over for this side, whatever ended it: all that it holds is to be let go.</summary>
    public CancellationToken Token { get; }

    /// <summary>How the call ended; null while it runs.</summary>
    public Outcome? Ended => Volatile.Read(ref _outcome);

    /// <summary>Settles how the call ended unless that is settled. Returns what is settled.</summary>
    public Outcome Settle(Status status, Metadata? trailers = null)
    {
        TrySettle(new Outcome(status, trailers ?? Metadata.Empty));
        return Ended!;
    }

    /// <summary>Ends the call from this side, unless it is over.</summary>
    public void Abort(Status status)
    {
        if (TrySettle(new Outcome(status, Metadata.Empty)))
        {
            _cancellation.Cancel();
        }
    }

    /// <summary>Lets go of everything after a call that is settled.</summary>
    public void Release() => _cancellation.Cancel();

    /// <summary>Ends the call with <see cref="StatusCode.Cancelled"/> when the token is cancelled before the registration is disposed of.</summary>
    public CancellationTokenRegistration AbortOn(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static state => ((CallLifetime)state!).Abort(Cancelled), this);

    /// <summary>Cancels the call if it still runs.</summary>
    public void Dispose()
    {
        Abort(Cancelled);
        _callerRegistration.Dispose();
        _deadline?.Dispose();

        // The source stays: the deadline may be cancelling it on another thread, and it holds nothing that needs disposing.
    }

    /// <summary>The status of a call with the trailing metadata.</summary>
    internal sealed record Outcome(Status Status, Metadata Trailers);

    private static Status Cancelled => new(StatusCode.Cancelled, "The call was cancelled by the client.");

    private static Status DeadlineExceeded => new(StatusCode.DeadlineExceeded, "The deadline passed.");

    private bool TrySettle(Outcome outcome) => Interlocked.CompareExchange(ref _outcome, outcome, null) is null;
}
