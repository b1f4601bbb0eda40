namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>The nodes that have a stream: one stream each. Protocol §3.5.</summary>
/// <param name="limit">Most streams at the same time.</param>
internal sealed class ActiveNodes(int limit)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>Number of streams.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _ids.Count;
            }
        }
    }

    /// <summary>Whether one more stream is refused whatever its node.</summary>
    public bool IsFull => Count >= limit;

    /// <summary>Notes that a node has a stream.</summary>
    /// <returns>Ends that when disposed; null when the node has a stream already, or there are too many.</returns>
    public IDisposable? TryEnter(string id)
    {
        lock (_gate)
        {
            return _ids.Count < limit && _ids.Add(id) ? new Lease(this, id) : null;
        }
    }

    private sealed class Lease(ActiveNodes nodes, string id) : IDisposable
    {
        public void Dispose()
        {
            lock (nodes._gate)
            {
                nodes._ids.Remove(id);
            }
        }
    }
}
