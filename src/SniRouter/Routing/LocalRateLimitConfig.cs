namespace Zoneway.SniRouter.Routing;

/// <summary>How many connections a filter chain takes in a time (envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit).</summary>
/// <param name="StatPrefix">Name that its refusals are counted under.</param>
/// <param name="MaxTokens">Connections that may come at once, and the content of the full bucket it begins with; at least 1.</param>
/// <param name="TokensPerFill">What each fill adds; at least 1.</param>
/// <param name="FillInterval">Time from fill to fill; at least 50 ms, as in Envoy.</param>
public sealed record LocalRateLimitConfig(string StatPrefix, uint MaxTokens, uint TokensPerFill, TimeSpan FillInterval)
{
    /// <summary>Shortest <see cref="FillInterval"/>.</summary>
    public static readonly TimeSpan ShortestFillInterval = TimeSpan.FromMilliseconds(50);
}
