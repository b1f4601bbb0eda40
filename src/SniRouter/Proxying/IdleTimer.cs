namespace Zoneway.SniRouter.Proxying;

/// <summary>Calls back when nothing happened for a while. Activity only writes a time stamp; the timer looks at it when it is due.</summary>
internal sealed class IdleTimer : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly Action _expired;
    private readonly ITimer? _timer;
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
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            _timer = time.CreateTimer(static state => ((IdleTimer)state!).OnDue(), this, timeout, Timeout.InfiniteTimeSpan);
        }
    }

    public void Active() => Volatile.Write(ref _lastActivity, _time.GetTimestamp());

    public void Dispose() => _timer?.Dispose();

    private void OnDue()
    {
        var left = _timeout - _time.GetElapsedTime(Volatile.Read(ref _lastActivity));
        if (left <= TimeSpan.Zero)
        {
            _expired();
        }
        else
        {
            _timer?.Change(left, Timeout.InfiniteTimeSpan);
        }
    }
}
