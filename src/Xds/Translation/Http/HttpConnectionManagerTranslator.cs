using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Zoneway.Termination.Http;

namespace Zoneway.Xds.Translation.Http;

/// <summary>HttpConnectionManager to <see cref="HttpConnectionManagerConfig"/>.</summary>
internal static class HttpConnectionManagerTranslator
{
    /// <summary>Translates a connection manager; null when errors were noted.</summary>
    public static HttpConnectionManagerConfig? Translate(HttpConnectionManager message, Findings findings)
    {
        if (message.RouteConfig is null)
        {
            findings.Reject("rds", "routes have to be given with the connection manager");
            return null;
        }

        var clusters = message.RouteConfig.VirtualHosts.SelectMany(host => host.Routes).Select(route => route.Route_?.Cluster ?? "").Where(name => name.Length > 0).Distinct(StringComparer.Ordinal);
        return new HttpConnectionManagerConfig
        {
            StatPrefix = message.StatPrefix,
            Codec = (HttpCodec)message.CodecType,
            Routes = new RouteTableConfig { Name = message.RouteConfig.Name, ClusterNames = [.. clusters] },
        };
    }
}
