namespace Zoneway.SniRouter.Clusters;

/// <summary>What is in use of a cluster, kept within its <see cref="CircuitBreakerConfig"/>: a place is taken before anything is opened, so no limit is ever exceeded.</summary>
/// <remarks>
/// Any number of threads; no locks. Unlike Envoy, whose workers look before they take, two threads never share the last place. Limits that shrink
/// leave what is open alone.
/// </remarks>
public sealed class CircuitBreaker
{
    private uint _connections;
    private uint _pending;
    private uint _requests;
    private uint _retries;
    private int _said;

    /// <summary>Connections open or being opened.</summary>
    public uint Connections => Volatile.Read(ref _connections);

    /// <summary>Connections being opened.</summary>
    public uint Pending => Volatile.Read(ref _pending);

    /// <summary>Requests being forwarded.</summary>
    public uint Requests => Volatile.Read(ref _requests);

    /// <summary>Connections being opened that had a failed attempt before, and requests that are tried again.</summary>
    public uint Retries => Volatile.Read(ref _retries);

    /// <summary>Takes a place for a connection that is about to be opened.</summary>
    /// <returns>What was taken: a connection and a pending place, or nothing; <paramref name="full"/> then names what there is no more of.</returns>
    internal CircuitBreakerHold TryConnect(CircuitBreakerConfig limits, out CircuitBreakerHold full)
    {
        if (!TryTake(ref _connections, limits.MaxConnections))
        {
            full = CircuitBreakerHold.Connection;
            return CircuitBreakerHold.None;
        }

        if (!TryTake(ref _pending, limits.MaxPendingRequests))
        {
            Interlocked.Decrement(ref _connections);
            full = CircuitBreakerHold.Pending;
            return CircuitBreakerHold.None;
        }

        full = CircuitBreakerHold.None;
        return CircuitBreakerHold.Connection | CircuitBreakerHold.Pending;
    }

    /// <summary>Takes a place for a request, to be kept until it has its answer.</summary>
    internal bool TryRequest(CircuitBreakerConfig limits, ref CircuitBreakerHold held)
    {
        if (!TryTake(ref _requests, limits.MaxRequests))
        {
            return false;
        }

        held |= CircuitBreakerHold.Request;
        return true;
    }

    /// <summary>Takes a place for a further attempt, to be kept until the connection is open or given up. A connection that has one needs no second.</summary>
    internal bool TryRetry(CircuitBreakerConfig limits, ref CircuitBreakerHold held)
    {
        if ((held & CircuitBreakerHold.Retry) == 0)
        {
            if (!TryTake(ref _retries, limits.MaxRetries))
            {
                return false;
            }

            held |= CircuitBreakerHold.Retry;
        }

        return true;
    }

    /// <summary>The connection is open: only its own place is still in use.</summary>
    internal void Connected(ref CircuitBreakerHold held) => Release(ref held, CircuitBreakerHold.Pending | CircuitBreakerHold.Retry);

    /// <summary>Gives back all that a connection holds.</summary>
    internal void Release(ref CircuitBreakerHold held) => Release(ref held, held);

    /// <summary>True for the first caller only: the limit was reached and someone should say so.</summary>
    internal bool TakeFirstOverflow() => Interlocked.Exchange(ref _said, 1) == 0;

    private void Release(ref CircuitBreakerHold held, CircuitBreakerHold what)
    {
        var given = held & what;
        held &= ~what;
        if ((given & CircuitBreakerHold.Connection) != 0)
        {
            Interlocked.Decrement(ref _connections);
        }

        if ((given & CircuitBreakerHold.Pending) != 0)
        {
            Interlocked.Decrement(ref _pending);
        }

        if ((given & CircuitBreakerHold.Request) != 0)
        {
            Interlocked.Decrement(ref _requests);
        }

        if ((given & CircuitBreakerHold.Retry) != 0)
        {
            Interlocked.Decrement(ref _retries);
        }
    }

    private static bool TryTake(ref uint used, uint limit)
    {
        var seen = Volatile.Read(ref used);
        while (seen < limit)
        {
            var before = Interlocked.CompareExchange(ref used, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }
}

/// <summary>What a connection or a request holds of a <see cref="CircuitBreaker"/>. Kept by the connection, and given back exactly once.</summary>
[Flags]
internal enum CircuitBreakerHold : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A connection's place.</summary>
    Connection = 1,

    /// <summary>A place among those being opened.</summary>
    Pending = 2,

    /// <summary>A place among those that try again.</summary>
    Retry = 4,

    /// <summary>A request's place.</summary>
    Request = 8,
}
