using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination;
using Zoneway.Termination.Http;
using Zoneway.Termination.Rbac;

namespace Zoneway.Egress.Connections;

/// <summary>The <see cref="TerminatedChain"/> of each filter chain, made when its first connection comes and gone with it.</summary>
internal sealed class TerminatedChains
{
    // Names come from the control plane; those of chains long gone must not pile up.
    private const int MostNames = 10_000;

    private readonly ConditionalWeakTable<FilterChain, TerminatedChain> _chains = [];
    private readonly ConditionalWeakTable<FilterChain, TerminatedChain>.CreateValueCallback _create;
    private readonly ConcurrentDictionary<string, WeakReference<TerminatedChain>> _latest = new(StringComparer.Ordinal);

    public TerminatedChains(SecretStore secrets, DenialLog denials, TimeProvider time)
    {
        var filters = new HttpFilterContext(time, Random.Shared.NextDouble, denials);
        _create = chain => Create(chain, secrets, filters);
    }

    /// <summary>What the connections of a chain share.</summary>
    public TerminatedChain Of(FilterChain chain) => _chains.GetValue(chain, _create);

    // The chain of the same name before it hands on its counters and token buckets.
    private TerminatedChain Create(FilterChain chain, SecretStore secrets, HttpFilterContext filters)
    {
        var previous = _latest.TryGetValue(chain.Name, out var weak) && weak.TryGetTarget(out var before) ? before : null;
        var created = new TerminatedChain(chain, (TerminatedChainConfig)chain.Action, previous, secrets, filters);
        if (_latest.Count >= MostNames)
        {
            _latest.Clear();
        }

        _latest[chain.Name] = new WeakReference<TerminatedChain>(created);
        return created;
    }
}
