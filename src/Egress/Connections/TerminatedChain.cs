using Zoneway.Egress.Telemetry;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination;
using Zoneway.Termination.Http;
using Zoneway.Termination.Rbac;

namespace Zoneway.Egress.Connections;

/// <summary>A filter chain that ends TLS, with all that its connections share: the server's side of TLS, filters and routes.</summary>
internal sealed class TerminatedChain
{
    private string _problem = "";

    public TerminatedChain(FilterChain chain, TerminatedChainConfig config, TerminatedChain? previous, SecretStore secrets, HttpFilterContext filters)
    {
        Chain = chain;
        Config = config;
        Stats = previous?.Stats ?? new ChainStats();
        Tls = config.Tls is null ? null : new ServerTls(config.Tls, secrets, filters.Time);
        AccessControl = config.AccessControl.IsEmpty ? [] : [.. config.AccessControl.Select(filter => new RbacFilter(filter, previous?.CountersOf(filter)))];
        Http = config.Http is null ? null : new HttpFilterChain(config.Http, name => Find(chain, name), previous?.Http, filters);
    }

    public FilterChain Chain { get; }

    public TerminatedChainConfig Config { get; }

    /// <summary>What is counted of its HTTP.</summary>
    public ChainStats Stats { get; }

    /// <summary>Ends TLS; null when the stream is plain.</summary>
    public ServerTls? Tls { get; }

    /// <summary>Who may connect.</summary>
    public RbacFilter[] AccessControl { get; }

    /// <summary>Filters and routes; null when the chain does not speak HTTP.</summary>
    public HttpFilterChain? Http { get; }

    /// <summary>Whether a reason why no connection can be taken differs from the one before, so that it is worth a warning.</summary>
    public bool IsNewProblem(string problem) => !string.Equals(Interlocked.Exchange(ref _problem, problem), problem, StringComparison.Ordinal);

    private RbacCounters? CountersOf(RbacFilterConfig filter) =>
        Array.Find(AccessControl, known => string.Equals(known.Config.StatPrefix, filter.StatPrefix, StringComparison.Ordinal))?.Counters;

    private static ClusterState Find(FilterChain chain, string name) => chain.Clusters.First(cluster => string.Equals(cluster.Name, name, StringComparison.Ordinal));
}
