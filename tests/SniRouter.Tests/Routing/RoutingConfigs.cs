using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Tests.Routing;

/// <summary>Small configurations in which a name says it all.</summary>
internal static class RoutingConfigs
{
    public static ClusterConfig Eds(string name, string serviceName = "") => new() { Name = name, EdsServiceName = serviceName };

    /// <summary>Endpoints on these ports.</summary>
    public static LoadAssignment Endpoints(string cluster, params int[] ports) => new()
    {
        ClusterName = cluster,
        Localities = [new LocalityEndpoints { Endpoints = [.. ports.Select(port => new EndpointConfig { Address = new IPEndPoint(IPAddress.Loopback, port) })] }],
    };

    /// <summary>A listener with a chain for each cluster, whose server name is the cluster's.</summary>
    public static ListenerConfig Listener(string name, int port, params string[] clusters) => new()
    {
        Name = name,
        Address = new IPEndPoint(IPAddress.Loopback, port),
        FilterChains = [.. clusters.Select(cluster => Chain(cluster, cluster))],
    };

    public static FilterChainConfig Chain(string serverName, string cluster) => new()
    {
        Name = serverName,
        Match = new FilterChainMatch { ServerNames = [serverName], TransportProtocol = TransportProtocol.Tls },
        Action = new TcpProxyConfig { Clusters = [new WeightedCluster(cluster, 1, EndpointMetadata.Empty)] },
    };
}
