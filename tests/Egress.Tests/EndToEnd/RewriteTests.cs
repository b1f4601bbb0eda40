using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Telemetry;
using Zoneway.Termination.Http;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>What changes of a request on its way: the path, and headers made from what is known of it.</summary>
public sealed class RewriteTests : IDisposable
{
    private readonly TestCertificates _mesh = new();

    public void Dispose() => _mesh.Dispose();

    [Theory]
    [InlineData(1, "prefixRewrite: /v1/", "", "/a/../b?c=%2F", "/v1/a/../b?c=%2F")]
    [InlineData(1, "regexRewrite: {pattern: {regex: '.*'}, substitution: '/all'}", "", "/a/b?c=d", "/all?c=d")]
    [InlineData(2, @"regexRewrite: {pattern: {regex: '^/users/([0-9]+)'}, substitution: '/u/\1'}", "", "/users/42/x", "/u/42/x")]
    [InlineData(1, "regexRewrite: {pattern: {regex: '^/'}, substitution: ''}", "", "/.evil.example/", "/.evil.example/")]
    [InlineData(1, "", "normalizePath: true, mergeSlashes: true,", "/a/..//b?c=//", "/b?c=//")]
    [InlineData(2, "", "normalizePath: true, pathWithEscapedSlashesAction: UNESCAPE_AND_FORWARD,", "/a%2F..%2Fb", "/b")]
    public async Task The_path_is_changed_as_the_chain_says(int version, string route, string manager, string target, string expected)
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync(context.Features.Get<IHttpRequestFeature>()!.RawTarget));
        await using var egress = await StartAsync(upstream, new EgressResources(_mesh).Http($"cluster: upstream, {route}", manager: manager));
        using var http = Client(egress, version);

        Assert.Equal(expected, await AskAsync(http, target));
    }

    [Fact]
    public async Task A_path_that_is_too_long_to_be_rewritten_gets_414()
    {
        await using var upstream = await TestUpstream.StartAsync(static context => Task.CompletedTask);
        await using var egress = await StartAsync(upstream, new EgressResources(_mesh).Http("cluster: upstream, regexRewrite: {pattern: {regex: b}, substitution: c}"));
        using var http = Client(egress, 1);

        using var response = await http.GetAsync("/" + new string('a', RegexSubstitution.MaxTextLength));

        Assert.Equal(HttpStatusCode.RequestUriTooLong, response.StatusCode);
    }

    [Theory]
    [InlineData(DataPath.Auto, 1)]
    [InlineData(DataPath.Auto, 2)]
    [InlineData(DataPath.Portable, 1)]
    public async Task Headers_say_what_is_known_of_the_request(DataPath dataPath, int version)
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync(
            $"{context.Request.Headers["x-client"]} {context.Request.Headers["x-path"]} {context.Request.Headers.ContainsKey("x-none")} {context.Request.Headers["x-share"]}"));
        var table = "requestHeadersToAdd: [{header: {key: x-client, value: '<%DOWNSTREAM_PEER_URI_SAN%>'} }, {header: {key: x-path, value: '%REQ(:METHOD)% %REQ(:PATH)%'} }, {header: {key: x-none, value: '%REQ(x-missing)%'} }, {header: {key: x-share, value: '50%%'} }],"
            + "responseHeadersToAdd: [{header: {key: x-upstream, value: '%UPSTREAM_HOST% %RESPONSE_CODE%'} }],";
        await using var egress = await StartAsync(upstream, new EgressResources(_mesh).Http(table: table), dataPath);
        using var http = Client(egress, version);

        using var response = await http.GetAsync("/a?b");

        Assert.Equal("<spiffe://default/web> GET /a?b False 50%", await response.Content.ReadAsStringAsync());
        Assert.Equal($"{upstream.Address} 200", Assert.Single(response.Headers.GetValues("x-upstream")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_connection_ends_after_the_requests_that_it_may_carry(int version)
    {
        await using var upstream = await TestUpstream.StartAsync(static context => Task.CompletedTask);
        await using var egress = await StartAsync(upstream, new EgressResources(_mesh).Http(manager: "commonHttpProtocolOptions: {maxRequestsPerConnection: 2},"));
        using var http = Client(egress, version);

        using var first = await http.GetAsync("/");
        using var second = await http.GetAsync("/");
        using var third = await http.GetAsync("/");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode, third.StatusCode));
        if (version == 1)
        {
            Assert.Equal((null, true, null), (first.Headers.ConnectionClose, second.Headers.ConnectionClose, third.Headers.ConnectionClose));
        }

        await egress.EndedAsync(ConnectionOutcome.Completed);
        Assert.Equal(1, egress.Count(ConnectionOutcome.Completed));
    }

    private static async Task<string> AskAsync(HttpClient http, string target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{http.BaseAddress!.GetLeftPart(UriPartial.Authority)}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
        };
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    private static Task<RunningEgress> StartAsync(TestUpstream upstream, EgressResources resources, DataPath dataPath = DataPath.Auto) =>
        RunningEgress.StartAsync(resources.Upstream(upstream.Address).ToString(), dataPath);

    private HttpClient Client(RunningEgress egress, int version) => new Sidecar(egress, _mesh.Issue("spiffe://default/web")).Http(new Version(version, version == 1 ? 1 : 0));
}
