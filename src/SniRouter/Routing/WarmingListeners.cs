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

    /// <summary>Takes the listeners that need not wait any more.</summary>
    public List<ListenerConfig> TakeReady(ClusterRegistry clusters)
    {
        var ready = Take(config => IsWarm(config, clusters));
        if (_waiting.Count > 0)
        {
            _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
        }

        return ready;
    }

    /// <summary>Takes the listeners that have waited long enough.</summary>
    public List<ListenerConfig> TakeOverdue()
    {
        var overdue = Take(config => _time.GetElapsedTime(_waiting[config.Name].Since) >= _timeout);
        if (_waiting.Count > 0)
        {
            _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
        }

        return overdue;
    }

    public void Dispose() => _timer.Dispose();

    private List<ListenerConfig> Take(Func<ListenerConfig, bool> condition)
    {
        var taken = _waiting.Values.Select(entry => entry.Config).Where(condition).ToList();
        Forget(taken.Select(config => config.Name));
        return taken;
    }

    private static bool IsWarm(ListenerConfig listener, ClusterRegistry clusters)
    {
        foreach (var chain in listener.FilterChains)
        {
            if (chain.Action is not TcpProxyConfig proxy)
            {
                continue;
            }

            foreach (var target in proxy.Clusters)
            {
                // A cluster that was never sent may never come: only one that is on its way is worth waiting for.
                if (clusters.Find(target.Cluster) is { Config: not null, IsWarm: false })
                {
                    return false;
                }
            }
        }

        return true;
    }
}
