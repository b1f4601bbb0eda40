using LocalRateLimit = Envoy.Extensions.Filters.Network.LocalRatelimit.V3.LocalRateLimit;
using NetworkRbac = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;
using SetFilterState = Envoy.Extensions.Filters.Network.SetFilterState.V3.Config;

namespace Zoneway.Xds.Translation;

/// <summary>Network filters by the full name of their configuration message. A filter's own name is free text and decides nothing.</summary>
internal static class FilterTypes
{
    /// <summary>envoy.filters.network.tcp_proxy.</summary>
    public static readonly string TcpProxy = Envoy.Extensions.Filters.Network.TcpProxy.V3.TcpProxy.Descriptor.FullName;

    /// <summary>envoy.filters.network.direct_response.</summary>
    public static readonly string DirectResponse = Envoy.Extensions.Filters.Network.DirectResponse.V3.Config.Descriptor.FullName;

    /// <summary>envoy.filters.network.http_connection_manager.</summary>
    public static readonly string HttpConnectionManager = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager.Descriptor.FullName;

    /// <summary>envoy.filters.network.rbac.</summary>
    public static readonly string Rbac = NetworkRbac.Descriptor.FullName;

    /// <summary>envoy.filters.network.local_ratelimit.</summary>
    public static readonly string RateLimit = LocalRateLimit.Descriptor.FullName;

    /// <summary>envoy.filters.network.set_filter_state.</summary>
    public static readonly string FilterState = SetFilterState.Descriptor.FullName;

    /// <summary>Why a chain with this filter cannot be run.</summary>
    public static string WhyUnsupported(string type) =>
        type == Rbac ? "access control (RBAC) is not available"
        : type == RateLimit ? "rate limiting is available once, and in front of tcp_proxy"
        : type == FilterState ? "filter state that other filters may read is not available"
        : type == HttpConnectionManager ? "the HTTP connection manager is not available"
        : type == TcpProxy || type == DirectResponse ? "nothing may follow this filter"
        : type.Length == 0 ? "a typed configuration is needed"
        : $"the network filter '{type}' is not known";
}
