using System.Threading.Channels;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Tests.Files;

/// <summary>Keeps what it is given and hands it to the test.</summary>
internal sealed class RecordingSink : IResourceSink
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Dictionary<string, XdsResource>> _received = [];
    private readonly Channel<ResourceChange> _changes = Channel.CreateUnbounded<ResourceChange>();

    public bool HasMore => _changes.Reader.TryPeek(out _);

    public ValueTask<IReadOnlyList<ResourceError>> ApplyAsync(ResourceChange change, CancellationToken cancellationToken)
    {
        var resources = _received.TryGetValue(change.TypeUrl, out var known) ? known : _received[change.TypeUrl] = [];
        foreach (var name in change.Removed)
        {
            resources.Remove(name);
        }

        foreach (var resource in change.Updated)
        {
            resources[resource.Name] = resource;
        }

        _changes.Writer.TryWrite(change);
        return ValueTask.FromResult<IReadOnlyList<ResourceError>>([]);
    }

    public IReadOnlyCollection<XdsResource> Received(string typeUrl) => _received.TryGetValue(typeUrl, out var known) ? [.. known.Values] : [];

    public IReadOnlySet<string> Referenced(string typeUrl) => new HashSet<string>();

    /// <summary>The next four changes: clusters, assignments, secrets, listeners.</summary>
    public async Task<ResourceChange[]> NextAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var changes = new ResourceChange[4];
        for (var i = 0; i < changes.Length; i++)
        {
            changes[i] = await _changes.Reader.ReadAsync(limit.Token);
        }

        return changes;
    }
}
