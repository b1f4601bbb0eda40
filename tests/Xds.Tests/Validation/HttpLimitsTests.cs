using System.Text;
using Zoneway.Xds.Validation;

namespace Zoneway.Xds.Tests.Validation;

/// <summary>What <c>validate</c> says of the limits of an HTTP chain.</summary>
public sealed class HttpLimitsTests
{
    private const string RateLimit = "'@type': type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit, statPrefix: l, tokenBucket: {maxTokens: 2, fillInterval: 1s}";
    private const string Buffer = "'@type': type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer";
    private const string BufferPerRoute = "'@type': type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute";

    [Theory]
    [InlineData("maxRequestHeadersKb: 96", "headers of a request have at most 96 KiB, within the program's own limit; longer ones get 431")]
    [InlineData("requestHeadersTimeout: 10s", "headers of a request come within the program's 30 s, over HTTP/1.1 besides within 10s")]
    [InlineData("commonHttpProtocolOptions: {maxHeadersCount: 20}", "a request has at most 20 headers, within the program's own limit; more get 431")]
    [InlineData("httpFilters: [{name: b, typedConfig: {BUFFER, maxRequestBytes: 1000} }]", "bodies of requests have at most 1000 bytes; longer ones get 413")]
    [InlineData("routeConfig: {typedPerFilterConfig: {b: {PER_ROUTE, disabled: true} } }", "bodies of requests are not limited here")]
    [InlineData("routeConfig: {typedPerFilterConfig: {b: {PER_ROUTE, buffer: {maxRequestBytes: 5} } } }", "bodies of requests have at most 5 bytes; longer ones get 413")]
    [InlineData("httpFilters: [{name: l, typedConfig: {LIMIT, enableXRatelimitHeaders: DRAFT_VERSION_03} }]", "answers say what is left of the limit")]
    [InlineData("httpFilters: [{name: l, typedConfig: {LIMIT, localRateLimitPerDownstreamConnection: true} }]", "of each connection at most 2 requests at once, 1 more every 1s; others get 429 (0 % of 0 %)")]
    [InlineData("httpFilters: [{name: l, typedConfig: {LIMIT, requestHeadersToAddWhenNotEnforced: [{header: {key: x-a, value: b} }]} }]", "header x-a: b")]
    public void Validate_Limit_IsInForce(string field, string what)
    {
        var report = Validate(field);

        Assert.Empty(report.Rejected);
        Assert.Contains(what, Assert.Single(Assert.Single(report.Listeners).FilterChains).Enforced);
    }

    [Theory]
    [InlineData("maxRequestHeadersKb: 0", "max_request_headers_kb")]
    [InlineData("maxRequestHeadersKb: 8193", "max_request_headers_kb")]
    [InlineData("commonHttpProtocolOptions: {maxHeadersCount: 0}", "max_headers_count")]
    [InlineData("httpFilters: [{name: b, typedConfig: {BUFFER} }]", "max_request_bytes")]
    [InlineData("httpFilters: [{name: b, typedConfig: {BUFFER, maxRequestBytes: 0} }]", "max_request_bytes")]
    [InlineData("routeConfig: {typedPerFilterConfig: {b: {PER_ROUTE} } }", "typed_per_filter_config[b]")]
    [InlineData("httpFilters: [{name: l, typedConfig: {LIMIT, descriptors: [{}]} }]", "descriptors")]
    public void Validate_LimitThatCannotHold_RefusesTheChain(string field, string path)
    {
        var rejected = Assert.Single(Validate(field).Rejected);

        Assert.EndsWith(path, rejected.Field, StringComparison.Ordinal);
    }

    private static ValidationReport Validate(string field)
    {
        var chain = $"{{filters: [{{typedConfig: {{'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, {field}}} }}]}}"
            .Replace("BUFFER", Buffer, StringComparison.Ordinal).Replace("PER_ROUTE", BufferPerRoute, StringComparison.Ordinal).Replace("LIMIT", RateLimit, StringComparison.Ordinal);
        var report = ConfigurationValidator.Validate(Encoding.UTF8.GetBytes($"{{name: in, address: {{socketAddress: {{address: 127.0.0.1, portValue: 1}} }}, filterChains: [{chain}]}}"), out var problem);
        Assert.Null(problem);
        return report!;
    }
}
