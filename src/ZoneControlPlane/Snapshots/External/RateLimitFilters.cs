using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.ZoneControlPlane.Resources;
using HttpRateLimit = Envoy.Extensions.Filters.Http.LocalRatelimit.V3.LocalRateLimit;
using NetworkRateLimit = Envoy.Extensions.Filters.Network.LocalRatelimit.V3.LocalRateLimit;
using RateLimit = Zoneway.ZoneControlPlane.Resources.RateLimit;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>Makes the rate limits of external services: HTTP by a filter that does nothing but on the routes that configure it, bytes by a network filter. Protocol §8.</summary>
internal static class RateLimitFilters
{
    private const string HttpFilterName = "envoy.filters.http.local_ratelimit";
    private const string HttpStatPrefix = "rate_limit";

    /// <summary>Limits the requests of a connection manager with one route.</summary>
    public static void AddTo(HttpConnectionManager manager, Route route, RateLimit limit)
    {
        if (limit is not { Requests: { } rate, AreRequestsUnlimited: not true })
        {
            return;
        }

        manager.HttpFilters.Add(new HttpFilter { Name = HttpFilterName, TypedConfig = Any.Pack(new HttpRateLimit { StatPrefix = HttpStatPrefix }) });
        var config = new HttpRateLimit
        {
            StatPrefix = HttpStatPrefix,
            TokenBucket = BucketOf(rate),
            FilterEnabled = Always("local_rate_limit_enabled"),
            FilterEnforced = Always("local_rate_limit_enforced"),
        };
        if (limit.Status is { } status)
        {
            config.Status = new HttpStatus { Code = (StatusCode)status };
        }

        config.ResponseHeadersToAdd.AddRange((limit.Headers ?? []).Select(static header => new HeaderValueOption
        {
            Header = new HeaderValue { Key = header.Name, Value = header.Value },
            AppendAction = header.IsAdded ? HeaderValueOption.Types.HeaderAppendAction.AppendIfExistsOrAdd : HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExistsOrAdd,
        }));
        route.TypedPerFilterConfig[HttpFilterName] = Any.Pack(config);
    }

    /// <summary>Limits the connections of a chain; null when nothing does. Kuma names this filter after its type.</summary>
    public static Filter? OfConnections(RateLimit limit) => limit is not { Connections: { } rate, AreConnectionsUnlimited: not true }
        ? null
        : new Filter
        {
            Name = NetworkRateLimit.Descriptor.FullName,
            TypedConfig = Any.Pack(new NetworkRateLimit { StatPrefix = "tcp_rate_limit", TokenBucket = BucketOf(rate) }),
        };

    private static TokenBucket BucketOf(Rate rate) =>
        new() { MaxTokens = rate.Number, TokensPerFill = rate.Number, FillInterval = Duration.FromTimeSpan(rate.Interval) };

    private static RuntimeFractionalPercent Always(string key) => new() { DefaultValue = new FractionalPercent { Numerator = 100 }, RuntimeKey = key };
}
