namespace Zoneway.SniRouter.Telemetry;

/// <summary>
/// A fixed number of 64-bit counters, written on many threads without sharing cache lines and summed when read.
/// A shard comes into being with the first count on its processor, so counters of an idle cluster cost next to nothing.
/// </summary>
internal sealed class ShardedCounters(int count)
{
    private static readonly int Shards = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount);

    private long[]?[]? _shards;

    public void Add(int counter, long value)
    {
        var shards = _shards ?? Interlocked.CompareExchange(ref _shards, new long[Shards][], null) ?? _shards;
        ref var shard = ref shards[Thread.GetCurrentProcessorId() & (Shards - 1)];
        var cells = shard ?? Interlocked.CompareExchange(ref shard, new long[count], null) ?? shard;
        Interlocked.Add(ref cells[counter], value);
    }

    public long Sum(int counter)
    {
        long sum = 0;
        foreach (var shard in _shards ?? [])
        {
            if (shard is not null)
            {
                sum += Volatile.Read(ref shard[counter]);
            }
        }

        return sum;
    }
}
