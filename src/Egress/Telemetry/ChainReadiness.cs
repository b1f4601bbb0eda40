using Zoneway.Egress.Connections;
using Zoneway.Hosting.Lifetime;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination;

namespace Zoneway.Egress.Telemetry;

/// <summary>Names the filter chains whose certificate or trust is missing, expired or unusable. They alone refuse; the program stays ready.</summary>
internal sealed class ChainReadiness(RouteTable routes, TerminatedChains chains) : IReadinessDetail
{
    /// <inheritdoc/>
    public IEnumerable<string> Problems =>
        from listener in routes.Current.Listeners.Values
        from chain in listener.FilterChains
        where chain.Action is TerminatedChainConfig
        let problem = ProblemOf(chains.Of(chain))
        where problem.Length > 0
        select $"filter chain {chain.Name} of {listener.Config.Name} refuses connections: {problem}";

    private static string ProblemOf(TerminatedChain chain) => chain.Tls is not null && !chain.Tls.IsReady(out var problem) ? problem : "";
}
