using System.Threading.Channels;

namespace Zoneway.TestUtilities;

/// <summary>A clock that stands still until a test moves it. Timers fire inside <see cref="Advance"/>, in the order they are due.</summary>
/// <remarks>As with the system's timers, one that is due at once fires at once, on the thread pool, and none can run longer than 49 days.</remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private static readonly TimeSpan LongestDueTime = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _running = [];
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();
    private TimeSpan _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that will fire.</summary>
    public int RunningTimers
    {
        get
        {
            lock (_lock)
            {
                return _running.Count;
            }
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _elapsed.Ticks;
        }
    }

    public override DateTimeOffset GetUtcNow() => Start + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, stopping at every timer that is due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = TimeSpan.FromTicks(GetTimestamp()) + by;
        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Waits until a timer is set whose due time satisfies the condition. Those set before it are not looked at again.</summary>
    /// <exception cref="OperationCanceledException">None was set within a time that only a broken test reaches.</exception>
    public async Task<TimeSpan> ArmedAsync(Func<TimeSpan, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var dueTime = await _armed.Reader.ReadAsync(limit.Token);
            if (condition(dueTime))
            {
                return dueTime;
            }
        }
    }

    private ManualTimer? TakeDue(TimeSpan target)
    {
        lock (_lock)
        {
            var next = _running.Where(timer => timer.Due <= target).MinBy(timer => timer.Due);
            _elapsed = next?.Due ?? target;
            if (next is not null)
            {
                Schedule(next, next.Period);
            }

            return next;
        }
    }

    // Only with the lock held.
    private void Schedule(ManualTimer timer, TimeSpan dueTime)
    {
        _running.Remove(timer);
        if (dueTime > TimeSpan.Zero)
        {
            timer.Due = _elapsed + dueTime;
            _running.Add(timer);
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(dueTime, LongestDueTime);
            lock (clock._lock)
            {
                Period = period;
                clock.Schedule(this, dueTime);
            }

            if (dueTime >= TimeSpan.Zero)
            {
                clock._armed.Writer.TryWrite(dueTime);
            }

            if (dueTime == TimeSpan.Zero)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Fire(), this, preferLocal: false);
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
