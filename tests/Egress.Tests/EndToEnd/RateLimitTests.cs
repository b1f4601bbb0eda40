using System.Net;
using Microsoft.AspNetCore.Http;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>The local rate limit of HTTP: who is refused, and what clients and services are told.</summary>
public sealed class RateLimitTests : IDisposable
{
    private readonly TestCertificates _mesh = new();

    public void Dispose() => _mesh.Dispose();

    [Fact]
    public async Task Refusals_say_who_has_refused()
    {
        await using var upstream = await EchoAsync();
        await using var egress = await StartAsync(upstream);
        using var http = Client(egress);

        using var allowed = await http.GetAsync("/");
        using var limited = await http.GetAsync("/");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (allowed.StatusCode, limited.StatusCode));
        Assert.False(allowed.Headers.Contains("x-envoy-ratelimited"));
        Assert.Equal(["true"], limited.Headers.GetValues("x-envoy-ratelimited"));
        Assert.False(limited.Headers.Contains("x-ratelimit-limit"));
    }

    [Fact]
    public async Task Answers_say_what_is_left_where_the_limit_asks_for_it()
    {
        await using var upstream = await EchoAsync();
        await using var egress = await StartAsync(upstream, "enableXRatelimitHeaders: DRAFT_VERSION_03,", tokens: 2);
        using var http = Client(egress);

        using var first = await http.GetAsync("/");
        using var second = await http.GetAsync("/");
        using var third = await http.GetAsync("/");

        Assert.Equal(("2", "1", "0"), Told(first));
        var (limit, remaining, reset) = Told(second);
        Assert.Equal(("2", "0"), (limit, remaining));
        Assert.InRange(int.Parse(reset, System.Globalization.CultureInfo.InvariantCulture), 1, 3600);
        Assert.Equal((HttpStatusCode.TooManyRequests, "2", "0"), (third.StatusCode, Told(third).Limit, Told(third).Remaining));
    }

    [Fact]
    public async Task A_limit_that_is_not_enforced_marks_requests()
    {
        await using var upstream = await EchoAsync();
        await using var egress = await StartAsync(upstream, "requestHeadersToAddWhenNotEnforced: [{header: {key: x-limited, value: 'yes'} }],", enforced: 0);
        using var http = Client(egress);

        Assert.Equal("", await http.GetStringAsync("/"));
        Assert.Equal("yes", await http.GetStringAsync("/"));
    }

    [Fact]
    public async Task A_limit_for_each_connection_leaves_other_connections_alone()
    {
        await using var upstream = await EchoAsync();
        await using var egress = await StartAsync(upstream, "localRateLimitPerDownstreamConnection: true,");
        using var one = Client(egress);
        using var other = Client(egress);

        using var first = await one.GetAsync("/");
        using var second = await one.GetAsync("/");
        using var third = await other.GetAsync("/");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (first.StatusCode, second.StatusCode, third.StatusCode));
    }

    private static (string Limit, string Remaining, string Reset) Told(HttpResponseMessage response) =>
        (response.Headers.GetValues("x-ratelimit-limit").Single(), response.Headers.GetValues("x-ratelimit-remaining").Single(), response.Headers.GetValues("x-ratelimit-reset").Single());

    private static Task<TestUpstream> EchoAsync() => TestUpstream.StartAsync(static context => context.Response.WriteAsync(context.Request.Headers["x-limited"].ToString()));

    private HttpClient Client(RunningEgress egress) => new Sidecar(egress, _mesh.Issue("spiffe://default/web")).Http(HttpVersion.Version11);

    private Task<RunningEgress> StartAsync(TestUpstream upstream, string more = "", int tokens = 1, int enforced = 100)
    {
        var limit = $$"""
            {name: limit, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit, statPrefix: l, {{more}}
              tokenBucket: {maxTokens: {{tokens}}, tokensPerFill: 1, fillInterval: 3600s}, filterEnabled: {defaultValue: {numerator: 100} }, filterEnforced: {defaultValue: {numerator: {{enforced}} } } } },
            """.ReplaceLineEndings(" ");
        return RunningEgress.StartAsync(new EgressResources(_mesh).Http(filters: limit).Upstream(upstream.Address).ToString());
    }
}
