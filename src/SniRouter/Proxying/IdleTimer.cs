namespace Zoneway.SniRouter.Proxying;

/// <summary>Calls back when nothing happened for a while. Activity only writes a time stamp; the timer looks at it when it is due.</summary>
internal sealed class IdleTimer : IDisposable
{
    // Timers cannot run for more than 49 days; a longer timeout is looked at once a day.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly Action _expired;
    private readonly ITimer _timer;
    private readonly Lock _changing = new();
    private TimeSpan _timeout;
    private long _lastActivity;

    /// <param name="time">The clock.</param>
    /// <param name="timeout">Longest time without activity; <see cref="Timeout.InfiniteTimeSpan"/> never expires.</param>
    /// <param name="expired">Called at most once, on a timer thread.</param>
    public IdleTimer(TimeProvider time, TimeSpan timeout, Action expired)
    {
        _time = time;
        _timeout = timeout;
        _expired = expired;
        _lastActivity = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((IdleTimer)state!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Bounded(timeout), Timeout.InfiniteTimeSpan);
    }

    public void Active() => Volatile.Write(ref _lastActivity, _time.GetTimestamp());

    /// <summary>From now on a shorter time without activity is enough. A longer one changes nothing.</summary>
    public void Shorten(TimeSpan timeout)
    {
        lock (_changing)
        {
            if (_timeout != Timeout.InfiniteTimeSpan && _timeout <= timeout)
            {
                return;
            }

            _timeout = timeout;
            Active();
            _timer.Change(Bounded(timeout), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>As <see cref="Shorten"/>, but the silence so far counts: it may be enough already.</summary>
    public void ShortenSinceLastActivity(TimeSpan timeout)
    {
        lock (_changing)
        {
            if (_timeout != Timeout.InfiniteTimeSpan && _timeout <= timeout)
            {
                return;
            }

            _timeout = timeout;
            var left = timeout - _time.GetElapsedTime(Volatile.Read(ref _lastActivity));
            _timer.Change(left > TimeSpan.Zero ? Bounded(left) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnDue()
    {
        lock (_changing)
        {
            var left = _timeout - _time.GetElapsedTime(Volatile.Read(ref _lastActivity));
            if (left > TimeSpan.Zero)
            {
                _timer.Change(Bounded(left), Timeout.InfiniteTimeSpan);
                return;
            }
        }

        _expired();
    }

    private static TimeSpan Bounded(TimeSpan wait) => wait < LongestWait ? wait : LongestWait;
}
