namespace Zoneway.SniRouter.Engine;

/// <summary>
/// A loop's clock: read once per turn, and able to wake the loop when its next deadline comes. The wait for events itself has no limit, so that the
/// time is the <see cref="TimeProvider"/>'s alone. The timer is set again only after it has fired, or for something earlier.
/// </summary>
internal sealed class LoopClock : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _wakesAt = long.MaxValue;
    private bool _fired;

    /// <param name="time">The clock.</param>
    /// <param name="wake">Wakes the loop; called on a timer thread.</param>
    public LoopClock(TimeProvider time, Action wake)
    {
        _time = time;
        Read();
        _timer = time.CreateTimer(
            _ =>
            {
                Volatile.Write(ref _fired, true);
                wake();
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Milliseconds, never going back; as of the last <see cref="Read"/>.</summary>
    public long Now { get; private set; }

    /// <summary>Looks at the clock.</summary>
    public void Read() => Now = (long)(_time.GetTimestamp() * (1000.0 / _time.TimestampFrequency));

    /// <summary>Sees to it that the loop is woken at a time at the latest; <see cref="long.MaxValue"/> asks for nothing.</summary>
    public void WakeAt(long milliseconds)
    {
        if (Volatile.Read(ref _fired))
        {
            Volatile.Write(ref _fired, false);
            _wakesAt = long.MaxValue;
        }

        if (milliseconds < _wakesAt)
        {
            _wakesAt = milliseconds;
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, milliseconds - Now)), Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();
}
