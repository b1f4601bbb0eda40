using System.Net;
using Microsoft.AspNetCore.Http;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>How long bodies and headers of requests may be.</summary>
public sealed class SizeLimitTests : IDisposable
{
    private const string TenBytes = "{name: buffer, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer, maxRequestBytes: 10} },";

    private readonly TestCertificates _mesh = new();

    public void Dispose() => _mesh.Dispose();

    [Theory]
    [InlineData(1, 10, false, 200)]
    [InlineData(1, 11, false, 413)]
    [InlineData(1, 10, true, 200)]
    [InlineData(1, 11, true, 413)]
    [InlineData(2, 10, true, 200)]
    [InlineData(2, 11, true, 413)]
    public async Task A_body_has_at_most_the_bytes_of_the_buffer_filter(int version, int length, bool isChunked, int status)
    {
        await using var upstream = await EchoAsync();
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh).Http(filters: TenBytes).Upstream(upstream.Address).ToString());
        using var http = Client(egress, version);
        using HttpContent body = isChunked ? new StreamContent(new Unknown(new byte[length])) : new ByteArrayContent(new byte[length]);

        using var response = await http.PostAsync("/", body);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal(status == 200 ? "10" : "Payload Too Large\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_route_may_switch_the_limit_off()
    {
        await using var upstream = await EchoAsync();
        var resources = new EgressResources(_mesh).Http(filters: TenBytes).Upstream(upstream.Address).ToString().Replace(
            "match: {prefix: /},", "match: {prefix: /}, typedPerFilterConfig: {buffer: {'@type': type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute, disabled: true} },", StringComparison.Ordinal);
        await using var egress = await RunningEgress.StartAsync(resources);
        using var http = Client(egress);

        using var response = await http.PostAsync("/", new ByteArrayContent(new byte[11]));

        Assert.Equal("11", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("", 1, 59, 200)]
    [InlineData("", 1, 62, 431)]
    [InlineData("", 2, 59, 200)]
    [InlineData("", 2, 62, 431)]
    [InlineData("maxRequestHeadersKb: 1,", 1, 2, 431)]
    [InlineData("maxRequestHeadersKb: 96,", 1, 62, 200)]
    public async Task Headers_have_at_most_the_length_that_the_chain_says(string manager, int version, int kibibytes, int status)
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh).Http(manager: manager).Upstream(upstream.Address).ToString());
        using var http = Client(egress, version);
        for (var i = 0; i < kibibytes; i++)
        {
            http.DefaultRequestHeaders.Add($"x-{i}", new string('x', 1000));
        }

        using var response = await http.GetAsync("/");

        // The upstream of the test has limits of its own; what counts is whether the request came through to it.
        Assert.Equal(status == 431, response.StatusCode == HttpStatusCode.RequestHeaderFieldsTooLarge && (await response.Content.ReadAsStringAsync()).StartsWith("Request Header", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(10, 200)]
    [InlineData(11, 431)]
    public async Task Headers_are_at_most_as_many_as_the_chain_says(int count, int status)
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh).Http(manager: "commonHttpProtocolOptions: {maxHeadersCount: 10},").Upstream(upstream.Address).ToString());
        using var http = Client(egress);
        // One is Host.
        for (var i = 1; i < count; i++)
        {
            http.DefaultRequestHeaders.Add($"x-{i}", "1");
        }

        using var response = await http.GetAsync("/");

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
    }

    private static Task<TestUpstream> EchoAsync() => TestUpstream.StartAsync(static async context =>
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        await context.Response.WriteAsync($"{body.Length}");
    });

    private HttpClient Client(RunningEgress egress, int version = 1) => new Sidecar(egress, _mesh.Issue("spiffe://default/web")).Http(new Version(version, version == 1 ? 1 : 0));

    /// <summary>A body whose length nobody says.</summary>
    private sealed class Unknown(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
