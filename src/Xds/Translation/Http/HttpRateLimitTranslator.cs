using Envoy.Extensions.Common.Ratelimit.V3;
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
        findings.IgnoreIf(message.LocalClusterRateLimit is not null, "local_cluster_rate_limit", "the limit is not shared among proxies");
        findings.RejectIf(message.EnableXRatelimitHeaders is not (XRateLimitHeadersRFCVersion.Off or XRateLimitHeadersRFCVersion.DraftVersion03), "enable_x_ratelimit_headers", "the form of the headers is not known");
        // Envoy raises anything that is no client or server error.
        var status = message.Status is { Code: var code } && (int)code >= 400 ? (int)code : 429;
        var config = new HttpRateLimitConfig(name)
        {
            Place = findings.Path,
            Bucket = message.TokenBucket is null ? null : LocalRateLimitTranslator.TranslateBucket(message.StatPrefix, message.TokenBucket, findings.At("token_bucket")),
            Status = status,
            Enabled = message.FilterEnabled is null ? FractionConfig.None : RouteMatchTranslator.Translate(message.FilterEnabled, findings.At("filter_enabled")),
            Enforced = message.FilterEnforced is null ? FractionConfig.None : RouteMatchTranslator.Translate(message.FilterEnforced, findings.At("filter_enforced")),
            IsPerConnection = message.LocalRateLimitPerDownstreamConnection,
            TellsClients = message.EnableXRatelimitHeaders == XRateLimitHeadersRFCVersion.DraftVersion03,
            RequestHeaders = HeaderMutationTranslator.Translate(message.RequestHeadersToAddWhenNotEnforced, findings, "request_headers_when_not_enforced"),
            ResponseHeaders = HeaderMutationTranslator.Translate(message.ResponseHeadersToAdd, findings, "response_headers"),
            RefusesAsResourceExhausted = message.RateLimitedAsResourceExhausted,
        };
        findings.RejectIf(config.RequestHeaders.Any(static change => change.Template is not null), "request_headers_to_add_when_not_enforced", "command operators are not available here");
        if (config.Bucket is { } bucket)
        {
            findings.Enforce("", $"{(config.IsPerConnection ? "of each connection " : "")}at most {bucket.MaxTokens} requests at once, {bucket.TokensPerFill} more every {DurationText.Of(bucket.FillInterval)}; others get {status} ({config.Enforced} of {config.Enabled})");
            if (config.TellsClients)
            {
                findings.Enforce("enable_x_ratelimit_headers", "answers say what is left of the limit");
            }
        }

        return config;
    }
}
