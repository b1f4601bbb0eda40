namespace Zoneway.Xds.Resources;

/// <summary>
/// Gives memory back after large changes of configuration. Reading and translating thousands of resources leaves several times their size behind as garbage,
/// which a proxy that allocates next to nothing per connection would keep for hours: the collector has no reason to run.
/// </summary>
/// <remarks>The collection stops the threads for as long as it takes to move what is alive, some tens of milliseconds for 10,000 routes; so it is rare, and waits until a change is through.</remarks>
internal sealed class HeapTrimmer : IDisposable
{
    /// <summary>Bytes of resources in one change from which on it is large: some hundred routes.</summary>
    public const int LargeChange = 64 * 1024;

    /// <summary>Time from the last large change to the collection: one seldom comes alone.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);

    /// <summary>Shortest time from one collection to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly Action _collect;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private long? _lastTrim;

    /// <param name="time">The clock.</param>
    /// <param name="collect">What collects; null for the runtime's collector.</param>
    public HeapTrimmer(TimeProvider time, Action? collect = null)
    {
        _time = time;
        _collect = collect ?? (static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
        _timer = time.CreateTimer(static trimmer => ((HeapTrimmer)trimmer!).Trim(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Notes a change.</summary>
    /// <param name="bytes">Size of the resources that it carried, serialized.</param>
    public void Changed(long bytes)
    {
        if (bytes < LargeChange)
        {
            return;
        }

        lock (_lock)
        {
            var rest = _lastTrim is { } last ? Interval - _time.GetElapsedTime(last) : TimeSpan.Zero;
            _timer.Change(rest > Delay ? rest : Delay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Trim()
    {
        lock (_lock)
        {
            _lastTrim = _time.GetTimestamp();
        }

        _collect();
    }
}
