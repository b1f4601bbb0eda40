using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Resources;

/// <summary>What is counted of received configuration, by resource type. May be read on any thread.</summary>
internal sealed class ConfigurationStats
{
    private readonly Dictionary<string, ResourceTypeStats> _types = new(StringComparer.Ordinal)
    {
        [TypeUrls.Cluster] = new(),
        [TypeUrls.ClusterLoadAssignment] = new(),
        [TypeUrls.Listener] = new(),
        [TypeUrls.Secret] = new(),
    };

    /// <summary>The counters by type URL.</summary>
    public IReadOnlyDictionary<string, ResourceTypeStats> Types => _types;

    /// <summary>The counters of one type.</summary>
    public ResourceTypeStats this[string typeUrl] => _types[typeUrl];
}

/// <summary>The counters of one resource type.</summary>
internal sealed class ResourceTypeStats
{
    private long _accepted;
    private long _rejected;
    private long _translations;
    private int _resources;
    private int _quarantined;

    /// <summary>Updates without a new error: those to be acknowledged.</summary>
    public long UpdatesAccepted => Volatile.Read(ref _accepted);

    /// <summary>Updates with a new error.</summary>
    public long UpdatesRejected => Volatile.Read(ref _rejected);

    /// <summary>Resources translated, as they were new or changed.</summary>
    public long Translations => Volatile.Read(ref _translations);

    /// <summary>Resources received and not removed.</summary>
    public int Resources => Volatile.Read(ref _resources);

    /// <summary>Those among them that are not, or not in full, in force.</summary>
    public int Quarantined => Volatile.Read(ref _quarantined);

    internal void CountUpdate(bool accepted) => Interlocked.Increment(ref accepted ? ref _accepted : ref _rejected);

    internal void CountTranslation() => Interlocked.Increment(ref _translations);

    internal void CountResource(int resources, int quarantined)
    {
        Interlocked.Add(ref _resources, resources);
        Interlocked.Add(ref _quarantined, quarantined);
    }
}
