using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Catalog;

/// <summary>Keeps the <see cref="ZoneCatalog"/> up to date with the directory, the connected proxies, the name service and the certificates of the meshes.</summary>
internal sealed class CatalogSource : IDisposable
{
    private readonly string _zone;
    private readonly ResourceDirectory _directory;
    private readonly ProxyRegistry _registry;
    private readonly HostResolver _resolver;
    private readonly MeshIdentityKeeper _identities;
    private readonly List<IDisposable> _subscriptions;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private (ResourceSet Resources, ZoneWorkloads Workloads) _workloads;

    // Replaced under the lock; read without it.
    private volatile ZoneCatalog _current;

    public CatalogSource(string zone, ResourceDirectory directory, ProxyRegistry registry, HostResolver resolver, MeshIdentityKeeper identities)
    {
        _zone = zone;
        _directory = directory;
        _registry = registry;
        _resolver = resolver;
        _identities = identities;
        _workloads = (ResourceSet.Empty, new ZoneWorkloads(ResourceSet.Empty, zone));
        _current = Build();
        _subscriptions =
        [
            directory.Changed.Subscribe(OnDirectoryChanged),
            registry.Changed.Subscribe(Rebuild),
            resolver.Changed.Subscribe(Rebuild),
            identities.Changed.Subscribe(Rebuild),
        ];
    }

    /// <summary>Notified after <see cref="Current"/> was replaced.</summary>
    public ChangeNotifier Changed { get; } = new();

    /// <summary>The catalog in force.</summary>
    public ZoneCatalog Current => _current;

    /// <summary>
    /// Completes when the directory was read, the host names in it were asked for once, and its meshes have their identities. A catalog from before that moment lacks
    /// things that are there, and must not be served: a proxy that outlived a restart of the control plane would drop its routes.
    /// </summary>
    public Task Ready => _ready.Task;

    public void Dispose() => _subscriptions.ForEach(static subscription => subscription.Dispose());

    private void OnDirectoryChanged()
    {
        var resources = _directory.Current;
        var advertised = resources.ZoneIngresses.Select(static ingress => ingress.Advertised?.Host).OfType<string>();
        var egresses = resources.ZoneEgresses.Select(static egress => egress.Networking.Host);
        var resolved = _resolver.Follow(advertised.Concat(egresses).Concat(resources.Dataplanes.SelectMany(static dp => dp.Inbounds, static (_, inbound) => inbound.Address)));
        Rebuild();
        _ = BecomeReadyAfterAsync(resolved);
    }

    private async Task BecomeReadyAfterAsync(Task resolved)
    {
        await resolved;
        await _identities.FirstRound;
        _ready.TrySetResult();
    }

    private void Rebuild()
    {
        lock (_gate)
        {
            _current = Build();
        }

        Changed.Notify();
    }

    private ZoneCatalog Build()
    {
        var resources = _directory.Current;
        if (!ReferenceEquals(resources, _workloads.Resources))
        {
            _workloads = (resources, new ZoneWorkloads(resources, _zone));
        }

        return new ZoneCatalog(_zone, resources, _workloads.Workloads, _registry.Current, _resolver.Current) { Identities = _identities.Current };
    }
}
