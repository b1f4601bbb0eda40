using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;

namespace Zoneway.Microbenchmarks;

/// <summary>Routes as Kuma's control plane sends them: a chain and a cluster of two endpoints for each server name.</summary>
internal static class SampleRoutes
{
    public static IEnumerable<string> ServerNames(int routes) =>
        Enumerable.Range(0, routes).Select(i => i % 10 == 0 ? $"*.zone-{i}.mesh.example" : ExactName(i));

    /// <summary>A name in the table, for numbers that are no multiple of ten; others are moved to the next.</summary>
    public static string ExactName(int number) => $"service-{(number % 10 == 0 ? number + 1 : number)}{{mesh=default,version=v1}}";

    public static ListenerConfig Listener(int routes) => new()
    {
        Name = "inbound",
        Address = new IPEndPoint(IPAddress.Loopback, 0),
        FilterChains = [.. ServerNames(routes).Select((name, i) => new FilterChainConfig
        {
            Name = name,
            Match = new FilterChainMatch { ServerNames = [name], TransportProtocol = TransportProtocol.Tls },
            Action = new TcpProxyConfig { Clusters = [new WeightedCluster(Cluster(i), 1, EndpointMetadata.Empty)] },
        })],
    };

    /// <summary>Everything at once: what the first answers of a control plane bring.</summary>
    public static DataPlaneUpdate Update(int routes) => new()
    {
        Clusters = [.. Enumerable.Range(0, routes).Select(i => new ClusterConfig { Name = Cluster(i) })],
        Assignments = [.. Enumerable.Range(0, routes).Select(i => Assignment(Cluster(i), endpoints: 2))],
        Listeners = [Listener(routes)],
    };

    /// <summary>Endpoints with different weights, as ingresses of zones with different numbers of instances have.</summary>
    public static LoadAssignment Assignment(string cluster, int endpoints) => new()
    {
        ClusterName = cluster,
        Localities = [new LocalityEndpoints
        {
            Endpoints = [.. Enumerable.Range(0, endpoints).Select(i => new EndpointConfig
            {
                Address = new IPEndPoint(IPAddress.Loopback, 10_000 + i), Weight = (uint)(1 + (i % 7)),
            })],
        }],
    };

    private static string Cluster(int number) => $"default:service-{number}";
}
