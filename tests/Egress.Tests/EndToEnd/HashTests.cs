using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>Requests that are alike in what their route hashes go to one endpoint.</summary>
public sealed class HashTests : IDisposable
{
    private readonly TestCertificates _mesh = new();

    private X509Certificate2 Client => _mesh.Issue("spiffe://default/web");

    public void Dispose() => _mesh.Dispose();

    [Theory]
    [InlineData("type: STATIC, lbPolicy: RING_HASH,")]
    [InlineData("type: STATIC, lbPolicy: RING_HASH, ringHashLbConfig: {hashFunction: MURMUR_HASH_2},")]
    [InlineData("type: STATIC, lbPolicy: MAGLEV,")]
    public async Task The_same_header_goes_to_the_same_endpoint_and_others_elsewhere(string policy)
    {
        await using var first = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("1"));
        await using var second = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("2"));
        await using var third = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("3"));
        await using var egress = await RunningEgress.StartAsync(
            new EgressResources(_mesh).Http("cluster: upstream, hashPolicy: [{header: {headerName: x-user} }]").Upstreams(policy, At(first.Address), At(second.Address), At(third.Address)).ToString());
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var user = 0; user < 30; user++)
        {
            var answer = await AskAsync(http, $"user-{user}");
            Assert.Equal((answer, answer), (await AskAsync(http, $"user-{user}"), await AskAsync(http, $"user-{user}")));
            seen.Add(answer);
        }

        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_is_passed_over()
    {
        await using var alive = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("1"));
        using var refusing = new RefusingEndpoint();
        await using var egress = await RunningEgress.StartAsync(
            new EgressResources(_mesh).Http("cluster: upstream, hashPolicy: [{header: {headerName: x-user} }]").Upstreams("type: STATIC, lbPolicy: RING_HASH,", At(alive.Address), At(refusing.Address)).ToString());
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        for (var user = 0; user < 10; user++)
        {
            Assert.Equal("1", await AskAsync(http, $"user-{user}"));
        }
    }

    private static (string Host, int Port) At(IPEndPoint address) => ($"{address.Address}", address.Port);

    private static async Task<string> AskAsync(HttpClient http, string user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("x-user", user);
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
