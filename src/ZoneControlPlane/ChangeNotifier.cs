namespace Zoneway.ZoneControlPlane;

/// <summary>Tells subscribers that something has changed; what it is now, they read themselves. Safe for use from any thread.</summary>
internal sealed class ChangeNotifier
{
    private readonly Lock _gate = new();
    private readonly List<Action> _handlers = [];

    /// <summary>Adds a handler, which must be short and must not throw.</summary>
    /// <returns>Removes the handler when disposed; a call that is under way may still reach it.</returns>
    public IDisposable Subscribe(Action handler)
    {
        lock (_gate)
        {
            _handlers.Add(handler);
        }

        return new Subscription(this, handler);
    }

    /// <summary>Calls every handler on this thread.</summary>
    public void Notify()
    {
        Action[] handlers;
        lock (_gate)
        {
            handlers = [.. _handlers];
        }

        foreach (var handler in handlers)
        {
            handler();
        }
    }

    private sealed class Subscription(ChangeNotifier notifier, Action handler) : IDisposable
    {
        public void Dispose()
        {
            lock (notifier._gate)
            {
                notifier._handlers.Remove(handler);
            }
        }
    }
}
