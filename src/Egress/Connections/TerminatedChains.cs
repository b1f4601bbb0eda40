using System.Runtime.CompilerServices;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination;

namespace Zoneway.Egress.Connections;

/// <summary>The <see cref="TerminatedChain"/> of each filter chain, made when its first connection comes and gone with it.</summary>
internal sealed class TerminatedChains(SecretStore secrets, TimeProvider time)
{
    private readonly ConditionalWeakTable<FilterChain, TerminatedChain> _chains = [];
    private readonly ConditionalWeakTable<FilterChain, TerminatedChain>.CreateValueCallback _create =
        chain => new TerminatedChain(chain, (TerminatedChainConfig)chain.Action, null, secrets, time);

    /// <summary>What the connections of a chain share.</summary>
    public TerminatedChain Of(FilterChain chain) => _chains.GetValue(chain, _create);
}
