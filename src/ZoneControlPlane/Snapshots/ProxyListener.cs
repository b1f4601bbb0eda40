using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.ZoneControlPlane.Resources;
using DirectResponse = Envoy.Extensions.Filters.Network.DirectResponse.V3.Config;

namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>Makes the listener of a zone proxy and its filter chains. Protocol §4.1, §5.1.</summary>
internal static class ProxyListener
{
    /// <summary>The one listener: <c>inbound:address:port</c>, looking into the ClientHello.</summary>
    public static Listener Create(HostPort networking, ProxyNode node, IEnumerable<FilterChain> chains)
    {
        var listener = new Listener
        {
            Name = $"inbound:{networking}",
            Address = new Address { SocketAddress = new SocketAddress { Address = networking.Host, PortValue = (uint)networking.Port } },
            TrafficDirection = TrafficDirection.Inbound,
            EnableReusePort = node.ReusesPorts,
        };
        listener.ListenerFilters.Add(new ListenerFilter
        {
            Name = "envoy.filters.listener.tls_inspector",
            TypedConfig = Any.Pack(new TlsInspector()),
        });
        listener.FilterChains.AddRange(chains);
        return listener;
    }

    /// <summary>Passes TLS with the SNI of a service on to the service's cluster.</summary>
    public static FilterChain PassThrough(string mesh, string service)
    {
        var cluster = XdsNames.Cluster(mesh, service);
        var proxy = new TcpProxy { Cluster = cluster, StatPrefix = XdsNames.Sanitize(cluster) };
        return new FilterChain
        {
            FilterChainMatch = new FilterChainMatch { TransportProtocol = "tls", ServerNames = { XdsNames.ServerName(mesh, service) } },
            Filters = { new Filter { Name = "envoy.filters.network.tcp_proxy", TypedConfig = Any.Pack(proxy) } },
        };
    }

    /// <summary>Answers every connection with a line that says which proxy of which zone has nothing to serve.</summary>
    public static FilterChain NothingToServe(ProxyNode node, string zone)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["proxy"] = node.Id, ["zone"] = zone });
        var response = new DirectResponse { Response = new DataSource { InlineBytes = ByteString.CopyFrom(body) } };
        return new FilterChain
        {
            Filters = { new Filter { Name = "envoy.filters.network.direct_response", TypedConfig = Any.Pack(response) } },
        };
    }
}
