using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>Small configurations for tests: one listener, one cluster, unless a test says otherwise.</summary>
internal static class ProxyConfigs
{
    public const string Listener = "inbound";
    public const string Cluster = "default:backend";
    public const string ServerName = "backend{mesh=default,version=v1}";

    /// <summary>The listener with these chains, on a port of the system's choice.</summary>
    public static ListenerConfig ListenerOf(params FilterChainConfig[] chains) =>
        new() { Name = Listener, Address = new IPEndPoint(IPAddress.Loopback, 0), FilterChains = [.. chains] };

    /// <summary>A chain for TLS with this server name.</summary>
    public static FilterChainConfig Chain(FilterChainActionConfig action, string serverName = ServerName) => new()
    {
        Name = serverName,
        Match = new FilterChainMatch { ServerNames = [serverName], TransportProtocol = TransportProtocol.Tls },
        Action = action,
    };

    /// <summary>A chain for every connection, whatever it begins with.</summary>
    public static FilterChainConfig UnconditionalChain(FilterChainActionConfig action) => new() { Name = "any", Action = action };

    public static TcpProxyConfig ProxyTo(string cluster = Cluster) => new() { Clusters = [new WeightedCluster(cluster, 1, EndpointMetadata.Empty)] };

    public static ClusterConfig ClusterOf(params EndPoint[] endpoints) => new()
    {
        Name = Cluster,
        Discovery = ClusterDiscovery.Static,
        InlineAssignment = Assignment(endpoints),
    };

    public static LoadAssignment Assignment(params EndPoint[] endpoints) => new()
    {
        ClusterName = Cluster,
        Localities = [new LocalityEndpoints { Endpoints = [.. endpoints.Select(address => new EndpointConfig { Address = address })] }],
    };

    /// <summary><see cref="ServerName"/> to these endpoints.</summary>
    public static DataPlaneUpdate RouteTo(params EndPoint[] endpoints) => RouteTo(ProxyTo(), endpoints);

    /// <summary><see cref="ServerName"/> to these endpoints, with a proxy configured otherwise.</summary>
    public static DataPlaneUpdate RouteTo(TcpProxyConfig proxy, params EndPoint[] endpoints) =>
        new() { Clusters = [ClusterOf(endpoints)], Listeners = [ListenerOf(Chain(proxy))] };

    /// <summary>One chain with an action that needs no cluster.</summary>
    public static DataPlaneUpdate RouteTo(FilterChainConfig chain) => new() { Listeners = [ListenerOf(chain)] };
}
