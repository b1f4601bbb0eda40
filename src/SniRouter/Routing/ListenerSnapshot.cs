using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Tls;

namespace Zoneway.SniRouter.Routing;

/// <summary>One listener with its filter chains at one moment. Immutable.</summary>
public sealed class ListenerSnapshot
{
    private readonly FilterChainTable _table = new();
    private readonly FilterChain? _default;

    /// <param name="config">What the control plane said.</param>
    /// <param name="findCluster">The state of a cluster by name; called for every cluster that a chain names.</param>
    /// <param name="conflicts">Takes a sentence for each chain that is left out because another one has the very same match.</param>
    /// <param name="previous">The listener until now, whose chains hand on their state; null when it is new.</param>
    internal ListenerSnapshot(ListenerConfig config, Func<string, ClusterState> findCluster, List<string> conflicts, ListenerSnapshot? previous = null)
    {
        Config = config;
        var chains = new List<FilterChain>(config.FilterChains.Length + 1);
        foreach (var chainConfig in config.FilterChains)
        {
            var chain = new FilterChain(chainConfig, findCluster);
            chains.Add(chain);
            if (!_table.TryAdd(chain, out var conflict))
            {
                conflicts.Add($"filter chain '{chain.Name}': another chain already matches {conflict}");
            }
        }

        if (config.DefaultFilterChain is { } fallback)
        {
            chains.Add(_default = new FilterChain(fallback, findCluster));
        }

        FilterChains = chains;
        RateLimits = chains.FindAll(static chain => chain.RateLimit is not null);
        if (RateLimits.Count > 0 && previous is { RateLimits.Count: > 0 })
        {
            KeepState(previous);
        }

        WantsServerName = (chains.Aggregate(AccessLogScope.Union(config.AccessLogs), static (needs, chain) =>
            chain.Action.Proxy is { } proxy ? needs | AccessLogScope.Union(proxy.AccessLogs) : needs) & AccessLogNeeds.ServerName) != 0;
        Terminates = chains.Exists(chain => chain.Action is not (TcpProxyConfig or QuarantinedConfig));
        // A single chain without conditions takes every connection, whatever it begins with, so nothing need be read first.
        Unconditional = config.FilterChains switch
        {
            [{ Match: { ServerNames.IsDefaultOrEmpty: true, TransportProtocol: TransportProtocol.Any, ApplicationProtocols.IsDefaultOrEmpty: true } }] => chains[0],
            [] => _default,
            _ => null,
        };
    }

    /// <summary>What the control plane said.</summary>
    public ListenerConfig Config { get; }

    /// <summary>Every chain, the default one last.</summary>
    public IReadOnlyList<FilterChain> FilterChains { get; }

    /// <summary>The chains that limit the rate of their connections.</summary>
    public IReadOnlyList<FilterChain> RateLimits { get; }

    /// <summary>The chain for every connection when no first byte can change the choice; null when the ClientHello decides.</summary>
    public FilterChain? Unconditional { get; }

    /// <summary>Whether some chain answers itself instead of copying the stream, so that a connection may have to be handed on with every byte unread.</summary>
    public bool Terminates { get; }

    /// <summary>Whether some access log shows server names or selects by them, which costs a string for every connection.</summary>
    internal bool WantsServerName { get; }

    /// <summary>What would be wrong with a listener in force: a sentence for each chain that is left out because another one has the very same match.</summary>
    public static IReadOnlyList<string> FindConflicts(ListenerConfig config)
    {
        var conflicts = new List<string>();
        _ = new ListenerSnapshot(config, static name => new ClusterState(name), conflicts);
        return conflicts;
    }

    /// <summary>The chain for a connection that began with a ClientHello; null when none matches. Allocates nothing.</summary>
    public FilterChain? Find(in ClientHello hello) => _table.Find(hello) ?? _default;

    /// <summary>The chain for a connection whose first bytes are not TLS; null when none matches.</summary>
    public FilterChain? FindRawBuffer() => _table.FindRawBuffer() ?? _default;

    private void KeepState(ListenerSnapshot previous)
    {
        var before = previous.RateLimits.ToLookup(static chain => chain.Name, StringComparer.Ordinal);
        foreach (var chain in RateLimits)
        {
            if (before[chain.Name].FirstOrDefault(old => old.Config.Match.HasSameConditions(chain.Config.Match)) is { } old)
            {
                chain.Replace(old);
            }
        }
    }
}
