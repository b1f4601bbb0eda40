using System.Globalization;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.WellKnownTypes;
using HttpRbac = Envoy.Extensions.Filters.Http.Rbac.V3.RBAC;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>Makes the HTTP connection manager of an external service: one route for everything, Host rewritten to the destination's. Protocol §5.5.</summary>
internal static class HttpConnections
{
    // Kuma's default of ipam.knownInternalCIDRs.
    private static readonly string[] InternalNetworks =
        ["10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12", "fc00::/7", "fd00::/8", "127.0.0.1/32", "::1/128"];

    public static Filter Forward(ExternalDestination destination)
    {
        var manager = new HttpConnectionManager
        {
            StatPrefix = destination.Service,
            RouteConfig = RoutesOf(destination),
            InternalAddressConfig = new HttpConnectionManager.Types.InternalAddressConfig { CidrRanges = { InternalNetworks.Select(RangeOf) } },
        };
        if (!destination.Access.IsNetworkFilter)
        {
            var rbac = new HttpRbac { Rules = destination.Access.Rules, ShadowRules = destination.Access.ShadowRules };
            manager.HttpFilters.Add(new HttpFilter { Name = "envoy.filters.http.rbac", TypedConfig = Any.Pack(rbac) });
        }

        manager.HttpFilters.AddRange(FaultFilters.Of(destination.Faults));
        RateLimitFilters.AddTo(manager, manager.RouteConfig.VirtualHosts[0].Routes[0], destination.Limit);
        manager.HttpFilters.Add(new HttpFilter { Name = "envoy.filters.http.router", TypedConfig = Any.Pack(new Router()) });
        return new Filter { Name = "envoy.filters.network.http_connection_manager", TypedConfig = Any.Pack(manager) };
    }

    private static RouteConfiguration RoutesOf(ExternalDestination destination)
    {
        // No time-out: a request may take as long as the service lets it.
        var action = new RouteAction { Cluster = destination.Cluster, AutoHostRewrite = true, Timeout = new Duration() };
        var host = new VirtualHost
        {
            Name = destination.Service,
            Domains = { "*" },
            Routes = { new Route { Match = new RouteMatch { Prefix = "/" }, Route_ = action } },
        };
        return new RouteConfiguration { Name = destination.RouteName, ValidateClusters = false, VirtualHosts = { host } };
    }

    private static CidrRange RangeOf(string network)
    {
        var slash = network.IndexOf('/', StringComparison.Ordinal);
        return new CidrRange { AddressPrefix = network[..slash], PrefixLen = uint.Parse(network.AsSpan(slash + 1), CultureInfo.InvariantCulture) };
    }
}
