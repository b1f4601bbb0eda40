namespace Zoneway.SniRouter.Routing;

/// <summary>Changed listeners that wait until every cluster they name has a first assignment. Not thread-safe but for the timer.</summary>
internal sealed class WarmingListeners : IDisposable
{
    private readonly Dictionary<string, (ListenerConfig Config, long Since)> _waiting = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly ITimer _timer;

    public WarmingListeners(TimeProvider time, TimeSpan timeout, Action overdue)
    {
        _time = time;
        _timeout = timeout;
        _timer = time.CreateTimer(_ => overdue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(ListenerConfig config)
    {
        // A listener that changes over and over must not wait for ever: the first change counts.
        var since = _waiting.TryGetValue(config.Name, out var earlier) ? earlier.Since : _time.GetTimestamp();
        _waiting[config.Name] = (config, since);
    }

    public void Forget(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            _waiting.Remove(name);
        }
    }

    /// <summary>Takes the listeners that need not wait any more, or have waited long enough. Sets the timer for the rest.</summary>
    public List<ListenerConfig> TakeReady(ClusterRegistry clusters)
    {
        var ready = _waiting.Values.Where(entry => Left(entry.Since) <= TimeSpan.Zero || IsWarm(entry.Config, clusters)).Select(entry => entry.Config).ToList();
        Forget(ready.Select(config => config.Name));
        if (_waiting.Count > 0)
        {
            var next = _waiting.Values.Min(entry => Left(entry.Since));
            _timer.Change(next > TimeSpan.Zero ? next : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        return ready;
    }

    public void Dispose() => _timer.Dispose();

    private TimeSpan Left(long since) => _timeout - _time.GetElapsedTime(since);

    private static bool IsWarm(ListenerConfig listener, ClusterRegistry clusters)
    {
        foreach (var chain in listener.DefaultFilterChain is { } fallback ? listener.FilterChains.Add(fallback) : listener.FilterChains)
        {
            foreach (var cluster in chain.Action.ClusterNames)
            {
                // A cluster that was never sent may never come: only one that is on its way is worth waiting for.
                if (clusters.Find(cluster) is { Config: not null, IsWarm: false })
                {
                    return false;
                }
            }
        }

        return true;
    }
}
