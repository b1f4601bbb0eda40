using System.Globalization;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Load;
using Zoneway.Xds.Protocol;

namespace Zoneway.LoadTest.ControlPlane;

/// <summary>The xDS resources of a route set: a listener, and for every route a cluster with one endpoint.</summary>
internal sealed class RouteResources(int listenerPort, RouteSet routes)
{
    private const int ResourcesPerResponse = 1000;
    private const string ClusterPrefix = "service-";

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithTypeRegistry(XdsTypeRegistry.Instance));

    /// <summary>What a subscription is answered with at first.</summary>
    public IEnumerable<DeltaDiscoveryResponse> Answer(DeltaDiscoveryRequest request, Func<long> nextNonce) => request.TypeUrl switch
    {
        TypeUrls.Cluster => Split(Enumerable.Range(0, routes.Count).Select(Cluster), nextNonce),
        TypeUrls.ClusterLoadAssignment => Split(request.ResourceNamesSubscribe.Select(Assignment), nextNonce),
        TypeUrls.Listener => Split([Listener(Enumerable.Range(0, routes.Count), 1)], nextNonce),
        _ => [],
    };

    /// <summary>The endpoint of a route's cluster.</summary>
    /// <param name="route">The route.</param>
    /// <param name="port">Loopback port of the endpoint.</param>
    /// <param name="weight">Its weight.</param>
    /// <param name="version">Version of the resource.</param>
    public Resource Assignment(int route, int port, int weight, long version)
    {
        var address = new Address { SocketAddress = new SocketAddress { Address = "127.0.0.1", PortValue = (uint)port } };
        var endpoint = new LbEndpoint { Endpoint = new Envoy.Config.Endpoint.V3.Endpoint { Address = address }, LoadBalancingWeight = (uint)weight };
        var assignment = new ClusterLoadAssignment { ClusterName = ClusterName(route), Endpoints = { new LocalityLbEndpoints { LbEndpoints = { endpoint } } } };
        return new Resource { Name = assignment.ClusterName, Version = version.ToString(CultureInfo.InvariantCulture), Resource_ = Any.Pack(assignment) };
    }

    /// <summary>A response with some resources of one type.</summary>
    public static DeltaDiscoveryResponse Response(long nonce, params IEnumerable<Resource> resources)
    {
        var response = new DeltaDiscoveryResponse { Nonce = nonce.ToString(CultureInfo.InvariantCulture), Resources = { resources } };
        response.TypeUrl = response.Resources[0].Resource_.TypeUrl;
        return response;
    }

    private static IEnumerable<DeltaDiscoveryResponse> Split(IEnumerable<Resource> resources, Func<long> nextNonce) =>
        resources.Chunk(ResourcesPerResponse).Select(chunk => Response(nextNonce(), chunk));

    private static string ClusterName(int route) => $"{ClusterPrefix}{route}";

    private static Resource Cluster(int route) =>
        new() { Name = ClusterName(route), Version = "1", Resource_ = Parser.Parse<Any>(EnvoyResources.DynamicCluster(ClusterName(route)).ToJsonString()) };

    private Resource Assignment(string cluster)
    {
        var route = int.Parse(cluster.AsSpan(ClusterPrefix.Length), CultureInfo.InvariantCulture);
        return Assignment(route, routes.EndPoint(route).Port, weight: 1, version: 1);
    }

    /// <summary>The listener with some of the routes.</summary>
    /// <param name="present">The routes.</param>
    /// <param name="version">Version of the resource.</param>
    public Resource Listener(IEnumerable<int> present, long version)
    {
        var listener = EnvoyResources.Listener(listenerPort, present, ClusterName);
        return new Resource { Name = EnvoyResources.ListenerName, Version = version.ToString(CultureInfo.InvariantCulture), Resource_ = Parser.Parse<Any>(listener.ToJsonString()) };
    }
}
