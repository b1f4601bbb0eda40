namespace Zoneway.LoadTest.Soak;

/// <summary>
/// Where each route led at which time, so that an answer can be judged: right is every back end that the route had at some moment between the beginning of a connection
/// and its greeting, or so shortly before that the proxy need not have heard of the change. Safe for any number of threads.
/// </summary>
/// <param name="routes">Number of routes.</param>
/// <param name="firstBackend">Where a route leads at first.</param>
/// <param name="propagation">Longest time that a change may take to reach the proxy.</param>
internal sealed class RouteHistory(int routes, Func<int, int> firstBackend, TimeSpan propagation)
{
    private readonly List<Change>[] _changes = [.. Enumerable.Range(0, routes).Select(route => new List<Change> { new(TimeSpan.Zero, firstBackend(route), true) })];

    /// <summary>Notes, before it is sent, that a route leads to another back end.</summary>
    public void Move(int route, int backend, TimeSpan now) => Add(route, now, change => change with { Backend = backend });

    /// <summary>Notes, before it is sent, that a route is taken away or put back.</summary>
    public void Set(int route, bool isPresent, TimeSpan now) => Add(route, now, change => change with { IsPresent = isPresent });

    /// <summary>Whether a greeting of a back end is right for a connection.</summary>
    public bool MayAnswer(int route, int backend, TimeSpan begun) => Any(route, begun, change => change.IsPresent && change.Backend == backend);

    /// <summary>Whether a connection may have been refused because its route was not there.</summary>
    public bool MayRefuse(int route, TimeSpan begun) => Any(route, begun, change => !change.IsPresent);

    // The state at the earliest moment that counts, and every one since.
    private bool Any(int route, TimeSpan begun, Func<Change, bool> condition)
    {
        var changes = _changes[route];
        lock (changes)
        {
            for (var i = changes.Count - 1; i >= 0; i--)
            {
                if (condition(changes[i]))
                {
                    return true;
                }

                if (changes[i].At < begun - propagation)
                {
                    return false;
                }
            }
        }

        return false;
    }

    private void Add(int route, TimeSpan now, Func<Change, Change> change)
    {
        var changes = _changes[route];
        lock (changes)
        {
            changes.Add(change(changes[^1]) with { At = now });
            // A connection lasts seconds at most, so what is much older is never asked for; one entry before that is the state then.
            var old = changes.FindLastIndex(entry => entry.At < now - (propagation * 10));
            if (old > 0)
            {
                changes.RemoveRange(0, old);
            }
        }
    }

    private readonly record struct Change(TimeSpan At, int Backend, bool IsPresent);
}
