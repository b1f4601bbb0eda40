namespace Zoneway.SniRouter.Telemetry;

/// <summary>
/// A fixed number of 64-bit counters for things of which there are many thousands and which count a few times per connection: they take memory only once something
/// was counted, and may share cache lines. <see cref="ShardedCounters"/> is for the few that everything goes through.
/// </summary>
internal sealed class SmallCounters(int count)
{
    private long[]? _cells;

    public void Add(int counter, long value)
    {
        var cells = _cells ?? Interlocked.CompareExchange(ref _cells, new long[count], null) ?? _cells;
        Interlocked.Add(ref cells[counter], value);
    }

    public long Sum(int counter) => _cells is { } cells ? Volatile.Read(ref cells[counter]) : 0;
}
