using Zoneway.SniRouter.Clusters;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>The longest time that a request may take: that of its route counts from the end of the request, those of streams from its beginning.</summary>
internal sealed class TimeLimit : IDisposable
{
    private static readonly TimeLimit None = new(null, Timeout.InfiniteTimeSpan, TimeProvider.System);

    private readonly CancellationTokenSource? _end;
    private readonly TimeSpan _routeTimeout;
    private readonly TimeProvider _time;
    private ITimer? _ofRoute;

    private TimeLimit(CancellationTokenSource? end, TimeSpan routeTimeout, TimeProvider time) => (_end, _routeTimeout, _time) = (end, routeTimeout, time);

    /// <summary>Cancelled when the time is over.</summary>
    public CancellationToken Token => _end?.Token ?? CancellationToken.None;

    /// <summary>Whether the time is over.</summary>
    public bool IsOver => _end?.IsCancellationRequested == true;

    /// <summary>Starts the clocks of a request.</summary>
    public static TimeLimit Start(HttpExchange exchange, ForwardConfig route, ClusterConfig cluster, TimeProvider time)
    {
        var ofStream = Shorter(Shorter(Shorter(route.MaxStreamDuration, exchange.Connection.Config.MaxStreamDuration), cluster.Http.MaxStreamDuration), exchange.Connection.Config.RequestTimeout);
        if (ofStream == Timeout.InfiniteTimeSpan && route.Timeout == Timeout.InfiniteTimeSpan)
        {
            return None;
        }

        var limit = new TimeLimit(ofStream == Timeout.InfiniteTimeSpan ? new CancellationTokenSource() : new CancellationTokenSource(ofStream, time), route.Timeout, time);
        if (route.Timeout != Timeout.InfiniteTimeSpan)
        {
            exchange.WhenReceived(limit.StartRoute);
        }

        return limit;
    }

    /// <summary>The limit of one attempt.</summary>
    public AttemptLimit ForAttempt(TimeSpan limit, TimeProvider time) => new(limit == Timeout.InfiniteTimeSpan ? null : new CancellationTokenSource(limit, time), Token);

    public void Dispose()
    {
        _ofRoute?.Dispose();
        _end?.Dispose();
    }

    private void StartRoute() =>
        _ofRoute ??= _time.CreateTimer(static state => Cancel((CancellationTokenSource)state!), _end, _routeTimeout, Timeout.InfiniteTimeSpan);

    // The timer may be due while the request ends.
    private static void Cancel(CancellationTokenSource end)
    {
        try
        {
            end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) =>
        one == Timeout.InfiniteTimeSpan ? other : other == Timeout.InfiniteTimeSpan || one < other ? one : other;
}

/// <summary>The limit of one attempt within that of its request.</summary>
internal readonly struct AttemptLimit : IDisposable
{
    private readonly CancellationTokenSource? _own;
    private readonly CancellationTokenSource? _either;
    private readonly CancellationToken _outer;

    public AttemptLimit(CancellationTokenSource? own, CancellationToken outer)
    {
        _own = own;
        _outer = outer;
        _either = own is null ? null : CancellationTokenSource.CreateLinkedTokenSource(own.Token, outer);
    }

    public CancellationToken Token => _either?.Token ?? _outer;

    /// <summary>Whether the time of this attempt is over.</summary>
    public bool IsOver => _own?.IsCancellationRequested == true;

    public void Dispose()
    {
        _either?.Dispose();
        _own?.Dispose();
    }
}
