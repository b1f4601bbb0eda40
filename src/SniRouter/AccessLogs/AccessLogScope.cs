using System.Collections.Immutable;
using System.Net;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>What a connection keeps for its access logs. Only connections that will be logged have one; a data path fills in the addresses that are wanted.</summary>
internal sealed class AccessLogScope
{
    /// <summary>The logs of the listener.</summary>
    public ImmutableArray<AccessLogConfig> OfListener { get; private init; } = [];

    /// <summary>The logs of the filter chain.</summary>
    public ImmutableArray<AccessLogConfig> OfFilterChain { get; private set; } = [];

    /// <summary>All that these logs want to know.</summary>
    public AccessLogNeeds Needs { get; private set; }

    /// <summary>The addresses known so far.</summary>
    public ConnectionAddresses Addresses { get; private set; }

    /// <summary>Whether the addresses towards the client are wanted and not known yet.</summary>
    public bool LacksDownstream => (Needs & AccessLogNeeds.Downstream) != 0 && Addresses.DownstreamRemote is null;

    /// <summary>For a connection that a listener has accepted; null when the listener has no logs.</summary>
    public static AccessLogScope? Begin(ListenerSnapshot listener) => listener.Config.AccessLogs.IsDefaultOrEmpty
        ? null
        : new AccessLogScope { OfListener = listener.Config.AccessLogs, Needs = Union(listener.Config.AccessLogs) };

    /// <summary>For a connection that has got its filter chain; null when neither listener nor chain have logs.</summary>
    public static AccessLogScope? Route(AccessLogScope? scope, TcpProxyConfig? chain)
    {
        if (chain is null || chain.AccessLogs.IsDefaultOrEmpty)
        {
            return scope;
        }

        scope ??= new AccessLogScope();
        scope.OfFilterChain = chain.AccessLogs;
        scope.Needs |= Union(chain.AccessLogs);
        return scope;
    }

    /// <summary>Takes the addresses of the client's connection.</summary>
    public void TakeDownstream(EndPoint? remote, EndPoint? local) => Addresses = Addresses with { DownstreamRemote = remote, DownstreamLocal = local };

    /// <summary>Takes the address that the endpoint sees.</summary>
    public void TakeUpstream(EndPoint? local) => Addresses = Addresses with { UpstreamLocal = local };

    /// <summary>What these logs want to know of a connection.</summary>
    public static AccessLogNeeds Union(ImmutableArray<AccessLogConfig> logs)
    {
        var needs = AccessLogNeeds.None;
        foreach (var log in logs.IsDefault ? [] : logs)
        {
            needs |= log.Needs;
        }

        return needs;
    }
}
