using System.Collections.Immutable;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Catalog;

/// <summary>Resources that connected proxies have sent of themselves. Each is in force as long as its stream. Protocol §3.5.</summary>
internal sealed class ProxyRegistry
{
    private readonly Lock _gate = new();

    // Replaced as a whole under the lock; read without it.
    private volatile ImmutableDictionary<ResourceKey, Resource> _current = ImmutableDictionary<ResourceKey, Resource>.Empty;

    /// <summary>Notified after <see cref="Current"/> was replaced.</summary>
    public ChangeNotifier Changed { get; } = new();

    /// <summary>The registered resources.</summary>
    public ImmutableDictionary<ResourceKey, Resource> Current => _current;

    /// <summary>Puts a resource in force; a resource registered earlier under the same key is replaced.</summary>
    /// <returns>Takes the resource away when disposed, unless another has replaced it.</returns>
    public IDisposable Register(Resource resource)
    {
        lock (_gate)
        {
            _current = _current.SetItem(resource.Key, resource);
        }

        Changed.Notify();
        return new Registration(this, resource);
    }

    private void Remove(Resource resource)
    {
        lock (_gate)
        {
            if (!_current.TryGetValue(resource.Key, out var present) || !ReferenceEquals(present, resource))
            {
                return;
            }

            _current = _current.Remove(resource.Key);
        }

        Changed.Notify();
    }

    private sealed class Registration(ProxyRegistry registry, Resource resource) : IDisposable
    {
        public void Dispose() => registry.Remove(resource);
    }
}
