using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Dns;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

/// <summary>Clusters with names in them.</summary>
internal static class DnsClusters
{
    public const string Name = "c";

    public static ClusterConfig Strict(params EndpointConfig[] endpoints) => Of(ClusterDiscovery.StrictDns, endpoints);

    public static ClusterConfig Strict(params string[] names) => Strict([.. names.Select(name => Named(name))]);

    public static ClusterConfig Logical(string name, int port = 80) => Of(ClusterDiscovery.LogicalDns, Named(name, port));

    public static EndpointConfig Named(string name, int port = 80) => new() { Address = new DnsEndPoint(name, port) };

    public static ClusterConfig With(this ClusterConfig config, DnsLookupFamily family) => config with { Dns = config.Dns with { LookupFamily = family } };

    /// <summary>The endpoints' addresses, in order.</summary>
    public static string[] Addresses(this ClusterState cluster) => [.. cluster.Current!.Endpoints.Select(endpoint => endpoint.Address.ToString()!)];

    private static ClusterConfig Of(ClusterDiscovery discovery, params EndpointConfig[] endpoints) => new()
    {
        Name = Name,
        Discovery = discovery,
        InlineAssignment = new LoadAssignment { ClusterName = Name, Localities = [new LocalityEndpoints { Endpoints = [.. endpoints] }] },
    };
}
