using Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Zoneway.Termination.Http;

namespace Zoneway.Xds.Translation.Http;

/// <summary>envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit to <see cref="HttpRateLimitConfig"/>.</summary>
internal static class HttpRateLimitTranslator
{
    /// <summary>Translates the filter, or what a route has in its place; what is returned must not be used when errors were noted.</summary>
    public static HttpRateLimitConfig Translate(string name, LocalRateLimit message, Findings findings)
    {
        findings.RejectIf(message.Descriptors.Count > 0 || message.RateLimits.Count > 0, "descriptors", "one limit holds for all requests; descriptors are not available");
        findings.IgnoreIf(message.LocalRateLimitPerDownstreamConnection, "local_rate_limit_per_downstream_connection", "the limit holds for all connections together");
        findings.IgnoreIf(message.LocalClusterRateLimit is not null, "local_cluster_rate_limit", "the limit is not shared among proxies");
        findings.IgnoreIf(message.EnableXRatelimitHeaders != default, "enable_x_ratelimit_headers", "no such headers are sent");
        findings.IgnoreIf(message.RequestHeadersToAddWhenNotEnforced.Count > 0, "request_headers_to_add_when_not_enforced", "requests are not marked");
        // Envoy raises anything that is no client or server error.
        var status = message.Status is { Code: var code } && (int)code >= 400 ? (int)code : 429;
        var config = new HttpRateLimitConfig(name)
        {
            Place = findings.Path,
            Bucket = message.TokenBucket is null ? null : LocalRateLimitTranslator.TranslateBucket(message.StatPrefix, message.TokenBucket, findings.At("token_bucket")),
            Status = status,
            Enabled = message.FilterEnabled is null ? FractionConfig.None : RouteMatchTranslator.Translate(message.FilterEnabled, findings.At("filter_enabled")),
            Enforced = message.FilterEnforced is null ? FractionConfig.None : RouteMatchTranslator.Translate(message.FilterEnforced, findings.At("filter_enforced")),
            ResponseHeaders = HeaderMutationTranslator.Translate(message.ResponseHeadersToAdd, findings, "response_headers"),
            RefusesAsResourceExhausted = message.RateLimitedAsResourceExhausted,
        };
        if (config.Bucket is { } bucket)
        {
            findings.Enforce("", $"at most {bucket.MaxTokens} requests at once, {bucket.TokensPerFill} more every {DurationText.Of(bucket.FillInterval)}; others get {status} ({config.Enforced} of {config.Enabled})");
        }

        return config;
    }
}
