using System.Text;
using Zoneway.Xds.Validation;

namespace Zoneway.Xds.Tests.Validation;

/// <summary>What <c>validate</c> says of what changes in a request: its path and its headers.</summary>
public sealed class HttpRewriteTests
{
    [Theory]
    [InlineData("", "regexRewrite: {pattern: {regex: '^/a/(.*)'}, substitution: '/\\1'}", @"replaces ^/a/(.*) by /\1")]
    [InlineData("", "hashPolicy: [{header: {headerName: x, regexRewrite: {pattern: {regex: a}, substitution: b} } }]", "replaces a by b")]
    [InlineData("", "prefixRewrite: /b", "requests go to c, path /b")]
    [InlineData("normalizePath: true,", "", "dot segments, backslashes and needless escapes of paths are resolved")]
    [InlineData("mergeSlashes: true,", "", "slashes in a row become one")]
    [InlineData("pathWithEscapedSlashesAction: REJECT_REQUEST,", "", "escaped slashes in paths: reject")]
    [InlineData("commonHttpProtocolOptions: {maxRequestsPerConnection: 7},", "", "a connection ends after 7 requests")]
    [InlineData("", "}, requestHeadersToAdd: [{header: {key: x-c, value: '%DOWNSTREAM_PEER_URI_SAN%'} }], name: {", "header x-c: %DOWNSTREAM_PEER_URI_SAN%")]
    public void Validate_Change_IsInForce(string manager, string route, string what)
    {
        var report = Validate(manager, route);

        Assert.Empty(report.Rejected);
        Assert.Contains(what, Assert.Single(Assert.Single(report.Listeners).FilterChains).Enforced);
    }

    [Theory]
    [InlineData("regexRewrite: {pattern: {regex: a}, substitution: b}, prefixRewrite: /c", "regex_rewrite")]
    [InlineData("regexRewrite: {pattern: {regex: '[[:alpha:]]'}, substitution: b}", "regex_rewrite.pattern.regex")]
    [InlineData("regexRewrite: {pattern: {regex: a}, substitution: '\\9'}", "regex_rewrite")]
    [InlineData("regexRewrite: {pattern: {regex: a}, substitution: 'b c'}", "regex_rewrite.substitution")]
    [InlineData("prefixRewrite: '/b c'", "prefix_rewrite")]
    [InlineData("hashPolicy: [{header: {headerName: x, regexRewrite: {pattern: {regex: '('}, substitution: b} } }]", "hash_policy[0].header.regex_rewrite")]
    [InlineData("}, requestHeadersToAdd: [{header: {key: x-c, value: '%UNHEARD_OF%'} }], name: {", "request_headers_to_add[0]")]
    [InlineData("}, requestHeadersToAdd: [{header: {key: x-c, value: '%OPEN'} }], name: {", "request_headers_to_add[0]")]
    public void Validate_ChangeThatCannotBe_RefusesTheChain(string route, string path)
    {
        var rejected = Assert.Single(Validate("", route).Rejected);

        Assert.EndsWith(path, rejected.Field, StringComparison.Ordinal);
    }

    private static ValidationReport Validate(string manager, string route)
    {
        var routes = $"{{match: {{prefix: /}}, route: {{cluster: c, {route} }} }}".Replace(", name: { }", "", StringComparison.Ordinal);
        var filter = $"{{'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, {manager} routeConfig: {{virtualHosts: [{{domains: ['*'], routes: [{routes}]}}]}}}}";
        var report = ConfigurationValidator.Validate(
            Encoding.UTF8.GetBytes($"{{name: in, address: {{socketAddress: {{address: 127.0.0.1, portValue: 1}} }}, filterChains: [{{filters: [{{typedConfig: {filter}}}]}}]}}"), out var problem);
        Assert.Null(problem);
        return report!;
    }
}
