using Envoy.Config.Cluster.V3;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>Keeps what it is given. Clusters of type EDS refer to endpoints of their name; secrets are referred to as told.</summary>
internal sealed class RecordingSink : IResourceSink
{
    private readonly Dictionary<string, Dictionary<string, XdsResource>> _received = [];
    private readonly List<ResourceChange> _changes = [];

    /// <summary>What is wrong with a change; nothing unless set. May throw.</summary>
    public Func<ResourceChange, IReadOnlyList<ResourceError>> Judge { get; set; } = _ => [];

    /// <summary>Waited for before each change is taken in.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Names of secrets that are referred to.</summary>
    public HashSet<string> Secrets { get; } = [];

    /// <summary>All changes so far.</summary>
    public IReadOnlyList<ResourceChange> Changes
    {
        get
        {
            lock (_changes)
            {
                return [.. _changes];
            }
        }
    }

    public async ValueTask<IReadOnlyList<ResourceError>> ApplyAsync(ResourceChange change, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        var errors = Judge(change);
        var ofType = OfType(change.TypeUrl);
        foreach (var name in change.Removed)
        {
            ofType.Remove(name);
        }

        foreach (var resource in change.Updated)
        {
            ofType[resource.Name] = resource;
        }

        lock (_changes)
        {
            _changes.Add(change);
        }

        return errors;
    }

    public IReadOnlyCollection<XdsResource> Received(string typeUrl) => OfType(typeUrl).Values;

    public IReadOnlySet<string> Referenced(string typeUrl) => typeUrl switch
    {
        TypeUrls.ClusterLoadAssignment => Received(TypeUrls.Cluster)
            .Where(resource => resource.Body.Unpack<Cluster>().Type == Cluster.Types.DiscoveryType.Eds)
            .Select(resource => resource.Name)
            .ToHashSet(),
        TypeUrls.Secret => Secrets,
        _ => new HashSet<string>(),
    };

    /// <summary>Names received and not removed since, in order.</summary>
    public IEnumerable<string> Names(string typeUrl) => Received(typeUrl).Select(resource => resource.Name).Order(StringComparer.Ordinal);

    private Dictionary<string, XdsResource> OfType(string typeUrl) =>
        _received.TryGetValue(typeUrl, out var ofType) ? ofType : _received[typeUrl] = [];
}
