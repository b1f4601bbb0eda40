using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Zoneway.SniRouter;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>Requests of the mesh to an external service, in every mix of HTTP and of data paths.</summary>
public sealed class ForwardingTests : IDisposable
{
    private const string Web = "spiffe://default/web";

    private readonly TestCertificates _mesh = new();

    public void Dispose() => _mesh.Dispose();

    [Theory]
    [InlineData(DataPath.Auto, 1, HttpProtocols.Http1)]
    [InlineData(DataPath.Auto, 2, HttpProtocols.Http1)]
    [InlineData(DataPath.Auto, 1, HttpProtocols.Http2)]
    [InlineData(DataPath.Auto, 2, HttpProtocols.Http2)]
    [InlineData(DataPath.Portable, 1, HttpProtocols.Http1)]
    [InlineData(DataPath.Portable, 2, HttpProtocols.Http2)]
    public async Task Requests_with_and_without_a_body_get_their_answers(DataPath dataPath, int version, HttpProtocols upstreamProtocols)
    {
        await using var upstream = await TestUpstream.StartAsync(EchoAsync, upstreamProtocols);
        await using var egress = await RunningEgress.StartAsync(Resources(upstream, upstreamProtocols), dataPath);
        using var http = new Sidecar(egress, _mesh.Issue(Web)).Http(new Version(version, version == 1 ? 1 : 0));

        Assert.Equal("GET /a%2Fb?c=d", await http.GetStringAsync("/a%2Fb?c=d"));
        using var posted = await http.PostAsync("/post", new StringContent("hello"));
        Assert.Equal("POST /post hello", await posted.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_host_becomes_the_name_of_the_endpoint_and_other_headers_pass_through()
    {
        await using var upstream = await TestUpstream.StartAsync(context => context.Response.WriteAsync(
            $"{context.Request.Host} {context.Request.Headers["x-one"]} {context.Request.Headers["x-forwarded-client-cert"]} {context.Request.Headers["x-kuma-tags"]}"));
        await using var egress = await RunningEgress.StartAsync(
            new EgressResources(_mesh).Http("cluster: upstream, timeout: 0s, autoHostRewrite: true").Upstream(upstream.Address, hostname: "httpbin.example").ToString());
        using var http = new Sidecar(egress, _mesh.Issue(Web)).Http(HttpVersion.Version11);
        http.DefaultRequestHeaders.Add("x-one", "1");
        http.DefaultRequestHeaders.Add("x-forwarded-client-cert", "forged");

        // The certificate's header is the proxy's own to set, so one that a client brings is taken away, as Envoy does.
        Assert.Equal("httpbin.example 1  ", await http.GetStringAsync("/"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Large_bodies_stream_both_ways(int version)
    {
        const int Length = 64 * 1024 * 1024;
        await using var upstream = await TestUpstream.StartAsync(async context =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                hash.AppendData(buffer, 0, read);
            }

            context.Response.Headers["x-hash"] = Convert.ToHexString(hash.GetHashAndReset());
            Array.Clear(buffer);
            for (var left = Length; left > 0; left -= buffer.Length)
            {
                await context.Response.Body.WriteAsync(buffer);
            }
        });
        await using var egress = await RunningEgress.StartAsync(Resources(upstream, HttpProtocols.Http1));
        using var http = new Sidecar(egress, _mesh.Issue(Web)).Http(new Version(version, version == 1 ? 1 : 0));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Version = http.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(new byte[Length]) };

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var received = new byte[64 * 1024];
        long total = 0;
        for (int read; (read = await body.ReadAsync(received)) > 0;)
        {
            total += read;
        }

        Assert.Equal(Length, total);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(new byte[Length])), response.Headers.GetValues("x-hash").Single());
    }

    [Fact]
    public async Task Trailers_of_gRPC_pass_through()
    {
        await using var upstream = await TestUpstream.StartAsync(
            async context =>
            {
                context.Response.ContentType = "application/grpc";
                await context.Response.WriteAsync("message");
                context.Response.AppendTrailer("grpc-status", "5");
                context.Response.AppendTrailer("grpc-message", "not%20there");
            },
            HttpProtocols.Http2);
        await using var egress = await RunningEgress.StartAsync(Resources(upstream, HttpProtocols.Http2));
        using var http = new Sidecar(egress, _mesh.Issue(Web)).Http(HttpVersion.Version20);

        using var response = await http.PostAsync("/service/method", new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new("application/grpc") } });
        Assert.Equal("message", await response.Content.ReadAsStringAsync());
        Assert.Equal("5", response.TrailingHeaders.GetValues("grpc-status").Single());
        Assert.Equal("not%20there", response.TrailingHeaders.GetValues("grpc-message").Single());
    }

    [Fact]
    public async Task A_request_that_waits_for_100_continue_gets_the_answer_of_the_endpoint()
    {
        await using var upstream = await TestUpstream.StartAsync(EchoAsync);
        await using var egress = await RunningEgress.StartAsync(Resources(upstream, HttpProtocols.Http1));
        await using var tls = await new Sidecar(egress, _mesh.Issue(Web)).ConnectAsync();
        using var reader = new StreamReader(tls, Encoding.ASCII, leaveOpen: true);

        await tls.WriteAsync("POST /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"u8.ToArray());
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        await tls.WriteAsync("hello"u8.ToArray());
        Assert.Equal("", await reader.ReadLineAsync());
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private string Resources(TestUpstream upstream, HttpProtocols protocols) =>
        new EgressResources(_mesh).Http().Upstream(upstream.Address, protocols == HttpProtocols.Http2 ? EgressResources.Http2 : "").ToString();

    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        await context.Response.WriteAsync($"{context.Request.Method} {target} {body}".TrimEnd());
    }
}
