using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf.WellKnownTypes;
using NetworkRbac = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>Makes the filter chain of an external service: TLS ends here, the client is authorised, connections are limited, then HTTP or bytes go out. Protocol §5.3–5.5.</summary>
internal static class ExternalChain
{
    public static FilterChain Create(ExternalDestination destination)
    {
        var chain = new FilterChain
        {
            Name = destination.ChainName,
            FilterChainMatch = new FilterChainMatch { TransportProtocol = "tls", ServerNames = { destination.ServerName } },
            TransportSocket = new TransportSocket
            {
                Name = "envoy.transport_sockets.tls",
                TypedConfig = Any.Pack(MeshTls.Downstream(destination.Mesh)),
            },
        };
        if (destination.Access.IsNetworkFilter || !destination.IsHttp)
        {
            chain.Filters.Add(Authorise(destination));
        }

        if (!destination.IsHttp && RateLimitFilters.OfConnections(destination.Limit) is { } limit)
        {
            chain.Filters.Add(limit);
        }

        chain.Filters.Add(destination.IsHttp ? HttpConnections.Forward(destination) : Splice(destination));
        return chain;
    }

    private static Filter Authorise(ExternalDestination destination)
    {
        var rbac = new NetworkRbac { StatPrefix = $"{destination.Service}.", Rules = destination.Access.Rules, ShadowRules = destination.Access.ShadowRules };
        return new Filter { Name = "envoy.filters.network.rbac", TypedConfig = Any.Pack(rbac) };
    }

    private static Filter Splice(ExternalDestination destination)
    {
        var proxy = new TcpProxy { Cluster = destination.Cluster, StatPrefix = XdsNames.Sanitize(destination.Service) };
        return new Filter { Name = "envoy.filters.network.tcp_proxy", TypedConfig = Any.Pack(proxy) };
    }
}
