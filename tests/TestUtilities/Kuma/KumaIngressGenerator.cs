using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using DirectResponse = Envoy.Extensions.Filters.Network.DirectResponse.V3.Config;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>Makes the resources of a legacy ZoneIngress from services, in the shapes of protocol §4.1.</summary>
internal static class KumaIngressGenerator
{
    /// <summary>Name of the listener when it has a port of the system.</summary>
    public const string Listener = "inbound:127.0.0.1:0";

    /// <summary>Generates for services; none give the listener that says so.</summary>
    public static KumaResources Generate(params IReadOnlyCollection<KumaService> services) => KumaResources.Empty
        .With(services.Select(static service => (service.Cluster, (IMessage)Cluster(service))))
        .With(services.Select(static service => (service.Cluster, (IMessage)Assignment(service))))
        .With(Listener, ListenerOf(services));

    /// <summary>Adds a listener that no proxy can take: it has no address.</summary>
    public static KumaResources WithBadListener(this KumaResources resources, string name) => resources.With(name, new Listener { Name = name });

    private static Listener ListenerOf(IReadOnlyCollection<KumaService> services) => new()
    {
        Name = Listener,
        Address = Address(0),
        TrafficDirection = TrafficDirection.Inbound,
        EnableReusePort = true,
        ListenerFilters = { new ListenerFilter { Name = "envoy.filters.listener.tls_inspector", TypedConfig = Any.Pack(new TlsInspector()) } },
        FilterChains = { services.Count > 0 ? services.Select(Chain) : [NothingToServe()] },
    };

    private static FilterChain Chain(KumaService service) => new()
    {
        FilterChainMatch = new FilterChainMatch { TransportProtocol = "tls", ServerNames = { service.ServerName } },
        Filters = { new Filter { Name = "envoy.filters.network.tcp_proxy", TypedConfig = Any.Pack(new TcpProxy { StatPrefix = StatName(service), Cluster = service.Cluster }) } },
    };

    private static FilterChain NothingToServe() => new()
    {
        Filters =
        {
            new Filter
            {
                Name = "envoy.filters.network.direct_response",
                TypedConfig = Any.Pack(new DirectResponse { Response = new DataSource { InlineBytes = ByteString.CopyFromUtf8("""{"proxy":".zi-1","zone":"east"}""") } }),
            },
        },
    };

    private static Cluster Cluster(KumaService service) => new()
    {
        Name = service.Cluster,
        AltStatName = StatName(service),
        Type = Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.Eds,
        ConnectTimeout = new Duration { Seconds = 5 },
        EdsClusterConfig = new() { EdsConfig = new ConfigSource { Ads = new AggregatedConfigSource(), ResourceApiVersion = ApiVersion.V3 } },
    };

    private static ClusterLoadAssignment Assignment(KumaService service)
    {
        var locality = new LocalityLbEndpoints { Locality = new Locality { Zone = "east" } };
        locality.LbEndpoints.AddRange(service.Ports.Select(static port => new LbEndpoint { Endpoint = new Endpoint { Address = Address(port) }, LoadBalancingWeight = 1 }));
        return new ClusterLoadAssignment { ClusterName = service.Cluster, Endpoints = { locality } };
    }

    private static Address Address(int port) => new() { SocketAddress = new SocketAddress { Address = "127.0.0.1", PortValue = (uint)port } };

    private static string StatName(KumaService service) => service.Cluster.Replace(':', '_');
}
