using System.Text;
using Zoneway.Xds.Validation;

namespace Zoneway.Xds.Tests.Validation;

/// <summary>What <c>validate</c> says of redirects.</summary>
public sealed class HttpRedirectTests
{
    [Fact]
    public void Validate_Redirect_IsInForce()
    {
        var report = Validate("{httpsRedirect: true, hostRedirect: other, responseCode: PERMANENT_REDIRECT, stripQuery: true}");

        Assert.Empty(report.Rejected);
        Assert.Contains("clients are sent elsewhere with 308", Assert.Single(Assert.Single(report.Listeners).FilterChains).Enforced);
    }

    [Theory]
    [InlineData("{regexRewrite: {}}", "regex_rewrite.pattern.regex")]
    [InlineData("{regexRewrite: {pattern: {regex: '(a'}}}", "regex_rewrite")]
    [InlineData("{regexRewrite: {pattern: {regex: a}, substitution: 'b c'}}", "regex_rewrite.substitution")]
    [InlineData("{portRedirect: 65536}", "port_redirect")]
    [InlineData("{pathRedirect: '/a b'}", "path_redirect")]
    public void Validate_RedirectThatCannotBe_RefusesTheChain(string redirect, string path)
    {
        var rejected = Assert.Single(Validate(redirect).Rejected);

        Assert.EndsWith(path, rejected.Field, StringComparison.Ordinal);
    }

    private static ValidationReport Validate(string redirect)
    {
        var route = $"{{match: {{prefix: /}}, redirect: {redirect}}}";
        var manager = $"{{'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, routeConfig: {{virtualHosts: [{{domains: ['*'], routes: [{route}]}}]}}}}";
        var report = ConfigurationValidator.Validate(
            Encoding.UTF8.GetBytes($"{{name: in, address: {{socketAddress: {{address: 127.0.0.1, portValue: 1}} }}, filterChains: [{{filters: [{{typedConfig: {manager}}}]}}]}}"), out var problem);
        Assert.Null(problem);
        return report!;
    }
}
