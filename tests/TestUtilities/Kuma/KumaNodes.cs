namespace Zoneway.TestUtilities.Kuma;

/// <summary>
/// The nodes that have a stream, one each (protocol §3.5), and their snapshots: made at the first tick after the node was seen (§3.3 rule 10),
/// dropped as soon as the stream closes, so that a node that comes back gets fresh versions. Safe for use from any thread.
/// </summary>
internal sealed class KumaNodes(KumaProfile profile)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);

    /// <summary>The streams there are.</summary>
    public IReadOnlyList<KumaStream> Streams
    {
        get
        {
            lock (_gate)
            {
                return [.. _nodes.Values.Select(static node => node.Stream).OfType<KumaStream>()];
            }
        }
    }

    /// <summary>Notes a stream.</summary>
    /// <returns>False when the node has one, or had one a moment ago.</returns>
    public bool TryEnter(string id, KumaStream stream)
    {
        lock (_gate)
        {
            return _nodes.TryAdd(id, new Node { Stream = stream });
        }
    }

    /// <summary>The stream is over: no snapshot any more. The node stays taken until <see cref="Remove"/>.</summary>
    public void Close(string id)
    {
        lock (_gate)
        {
            _nodes[id] = new Node();
        }
    }

    /// <summary>The node is deregistered.</summary>
    public void Remove(string id)
    {
        lock (_gate)
        {
            _nodes.Remove(id);
        }
    }

    public KumaSnapshot? SnapshotOf(string id)
    {
        lock (_gate)
        {
            return _nodes.GetValueOrDefault(id)?.Snapshot;
        }
    }

    /// <summary>One tick: a new snapshot for each node whose resources are others than before.</summary>
    /// <param name="resourcesOf">What is generated for a node; null for nothing yet.</param>
    public void Generate(Func<string, KumaResources?> resourcesOf)
    {
        lock (_gate)
        {
            foreach (var (id, node) in _nodes)
            {
                if (node.Stream is not null && resourcesOf(id) is { } resources && node.Snapshot?.IsOf(resources) != true)
                {
                    node.Snapshot = new KumaSnapshot(resources, node.Snapshot, profile);
                    node.Stream.Changed();
                }
            }
        }
    }

    private sealed class Node
    {
        public KumaStream? Stream { get; init; }

        public KumaSnapshot? Snapshot { get; set; }
    }
}
