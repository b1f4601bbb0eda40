namespace Zoneway.SniRouter.Routing;

/// <summary>
/// A token bucket that connections of one filter chain take from. It is filled by looking at the clock when someone takes, so it costs nothing between connections.
/// </summary>
/// <remarks>Any number of threads; no locks. Outlives updates that leave the chain's limit as it was.</remarks>
public sealed class LocalRateLimit
{
    // A thread may have looked at the clock a little earlier than the last one to take. What lies further back is a number that has wrapped.
    private const int MostFillsBack = 1000;

    private readonly long _fillMilliseconds;
    private readonly RateLimitCount _count;

    // Tokens in the upper half, number of the fill that they are as of in the lower one: both change together.
    private ulong _state;

    internal LocalRateLimit(LocalRateLimitConfig config, RateLimitCount? count = null)
    {
        Config = config;
        _count = count ?? new RateLimitCount();
        _fillMilliseconds = Math.Max(1, (long)config.FillInterval.TotalMilliseconds);
    }

    /// <summary>The limit.</summary>
    public LocalRateLimitConfig Config { get; }

    /// <summary>Connections refused so far, by this bucket and those it took the place of.</summary>
    public long RateLimited => _count.Value;

    /// <summary>A bucket for a changed limit that goes on counting where this one ends.</summary>
    internal LocalRateLimit Change(LocalRateLimitConfig config) => new(config, _count);

    /// <summary>Time until the next tokens come.</summary>
    /// <param name="now">As for <see cref="TryTake(long)"/>.</param>
    internal TimeSpan UntilFill(long now) => TimeSpan.FromMilliseconds(_fillMilliseconds - (now % _fillMilliseconds));

    /// <summary>Takes a token; false, counted, when there is none.</summary>
    /// <param name="now">Milliseconds of a clock that never goes back, the same for every caller.</param>
    internal bool TryTake(long now) => TryTake(now, out _);

    /// <summary>The same.</summary>
    /// <param name="now">Milliseconds of a clock that never goes back, the same for every caller.</param>
    /// <param name="left">Tokens that are left.</param>
    internal bool TryTake(long now, out uint left)
    {
        // Fills come at the multiples of the interval. 0 stands for a new bucket, which is full at its first use.
        var fill = Math.Max(1, (uint)((now / _fillMilliseconds) + 1));
        var state = Volatile.Read(ref _state);
        while (true)
        {
            var tokens = Tokens(state, fill, out var isNewer);
            if (tokens == 0)
            {
                left = 0;
                _count.Increment();
                return false;
            }

            left = tokens - 1;
            var next = ((ulong)(tokens - 1) << 32) | (isNewer ? fill : (uint)state);
            var before = Interlocked.CompareExchange(ref _state, next, state);
            if (before == state)
            {
                return true;
            }

            state = before;
        }
    }

    private uint Tokens(ulong state, uint fill, out bool isNewer)
    {
        var asOf = (uint)state;
        var fills = (int)(fill - asOf);
        isNewer = true;
        if (asOf == 0 || fills < -MostFillsBack)
        {
            return Config.MaxTokens;
        }

        var tokens = (uint)(state >> 32);
        isNewer = fills > 0;
        return isNewer ? (uint)Math.Min(Config.MaxTokens, tokens + ((ulong)fills * Config.TokensPerFill)) : tokens;
    }
}

/// <summary>What is refused under one limit.</summary>
internal sealed class RateLimitCount
{
    private long _value;

    public long Value => Volatile.Read(ref _value);

    public void Increment() => Interlocked.Increment(ref _value);
}
