using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>Services that are known by name, as the system resolves it.</summary>
public sealed class DnsTests : IDisposable
{
    // RFC 6761 §6.4: this name never exists.
    private const string Nowhere = "nothing.invalid";

    private readonly TestCertificates _mesh = new();

    private X509Certificate2 Client => _mesh.Issue("spiffe://default/web");

    public void Dispose() => _mesh.Dispose();

    [Theory]
    [InlineData("STRICT_DNS", "V4_ONLY")]
    [InlineData("STRICT_DNS", "V4_PREFERRED")]
    [InlineData("STRICT_DNS", "ALL")]
    [InlineData("LOGICAL_DNS", "V4_ONLY")]
    [InlineData("LOGICAL_DNS", "ALL")]
    public async Task A_service_with_a_name_is_reached(string type, string family)
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var egress = await StartAsync($"type: {type}, dnsLookupFamily: {family},", ("localhost", upstream.Address.Port));
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        Assert.Equal("ok", await http.GetStringAsync("/"));
    }

    [Fact]
    public async Task Names_and_addresses_of_one_service_both_serve_and_a_name_that_is_not_there_does_no_harm()
    {
        await using var named = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("named"));
        await using var addressed = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("addressed"));
        await using var egress = await StartAsync(
            "type: STRICT_DNS, dnsLookupFamily: V4_ONLY,", ("localhost", named.Address.Port), ("127.0.0.1", addressed.Address.Port), (Nowhere, 80));
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        var answers = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add(await http.GetStringAsync("/"));
        }

        Assert.Equal(["addressed", "addressed", "named", "named"], answers.Order());
    }

    [Theory]
    [InlineData("STRICT_DNS")]
    [InlineData("LOGICAL_DNS")]
    public async Task A_name_that_is_not_there_is_answered_for_with_503(string type)
    {
        await using var egress = await StartAsync($"type: {type},", (Nowhere, 80));
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        using var response = await http.GetAsync("/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    private Task<RunningEgress> StartAsync(string fields, params (string Host, int Port)[] endpoints) =>
        RunningEgress.StartAsync(new EgressResources(_mesh).Http().Upstreams(fields, endpoints).ToString());
}
