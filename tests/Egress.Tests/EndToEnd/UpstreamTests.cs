using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>What lies behind the egress: TLS to services, and services that do not answer as they should.</summary>
public sealed class UpstreamTests : IDisposable
{
    private readonly TestCertificates _mesh = new();
    private readonly TestCertificates _web = new("public authority");

    private X509Certificate2 Client => _mesh.Issue("spiffe://default/web");

    private string Trust => $"validationContext: {{trustedCa: {{inlineString: {EgressResources.Pem(_web.Authority.ExportCertificatePem())} }}, matchTypedSubjectAltNames: [{{sanType: DNS, matcher: {{exact: httpbin.example}} }}]}}";

    public void Dispose()
    {
        _mesh.Dispose();
        _web.Dispose();
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task TLS_to_a_service_shows_the_server_name_and_verifies_the_service(HttpProtocols protocols)
    {
        await using var upstream = await TestUpstream.StartAsync(
            context => context.Response.WriteAsync($"{context.Request.Scheme} {context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionItemsFeature>()!.Items[TestUpstream.ServerName]}"), protocols, _web.Issue("httpbin.example"));
        await using var egress = await StartAsync(upstream.Address, EgressResources.Tls(Trust, "httpbin.example") + (protocols == HttpProtocols.Http2 ? EgressResources.Http2 : ""));
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        Assert.Equal("https httpbin.example", await http.GetStringAsync("/"));
    }

    [Fact]
    public async Task A_service_with_another_name_gets_nothing()
    {
        var requests = 0;
        await using var upstream = await TestUpstream.StartAsync(
            context =>
            {
                requests++;
                return context.Response.WriteAsync("ok");
            },
            certificate: _web.Issue("other.example"));
        await using var egress = await StartAsync(upstream.Address, EgressResources.Tls(Trust, "httpbin.example"));
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        using var response = await http.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("none of the names", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, requests);
    }

    [Fact]
    public async Task A_service_of_a_CA_that_is_not_trusted_gets_nothing()
    {
        using var other = new TestCertificates();
        await using var upstream = await TestUpstream.StartAsync(context => context.Response.WriteAsync("ok"), certificate: other.Issue("httpbin.example"));
        await using var egress = await StartAsync(upstream.Address, EgressResources.Tls(Trust, "httpbin.example"));
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        using var response = await http.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task A_service_that_asks_for_a_certificate_gets_the_one_of_its_cluster()
    {
        await using var upstream = await TestUpstream.StartAsync(
            context => context.Response.WriteAsync(context.Connection.ClientCertificate!.GetNameInfo(X509NameType.DnsName, false)), certificate: _web.Issue("httpbin.example"), asksForCertificate: true);
        await using var egress = await StartAsync(upstream.Address, EgressResources.Tls($"{Trust}, tlsCertificates: [{EgressResources.Certificate(_web.Issue("egress.example"))}]", "httpbin.example"));
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        Assert.Equal("egress.example", await http.GetStringAsync("/"));
    }

    [Fact]
    public async Task Bytes_go_to_a_service_over_TLS()
    {
        await using var upstream = await TestUpstream.StartAsync(context => context.Response.WriteAsync("ok"), certificate: _web.Issue("httpbin.example"));
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh).Tcp().Upstream(upstream.Address, EgressResources.Tls(Trust, "httpbin.example")).ToString());
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        Assert.Equal("ok", await http.GetStringAsync("/"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_service_that_is_not_there_is_answered_for_with_503_and_a_reason(int version)
    {
        await using var egress = await StartAsync(new IPEndPoint(IPAddress.Loopback, ChildProgram.FreePort()));
        using var http = new Sidecar(egress, Client).Http(new Version(version, version == 1 ? 1 : 0));

        using var response = await http.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Contains("httpbin_default", body, StringComparison.Ordinal);
        Assert.Contains("connection refused", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_gRPC_a_service_that_is_not_there_is_UNAVAILABLE()
    {
        await using var egress = await StartAsync(new IPEndPoint(IPAddress.Loopback, ChildProgram.FreePort()), EgressResources.Http2);
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version20);

        using var response = await http.PostAsync("/s/m", new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new("application/grpc") } });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("14", response.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task A_service_that_takes_too_long_is_answered_for_with_504()
    {
        // No answer: it ends when the egress gives the request up.
        await using var upstream = await TestUpstream.StartAsync(static context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var egress = await StartAsync(upstream.Address, route: "cluster: upstream, timeout: 0.05s");
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        using var response = await http.GetAsync("/");
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
    }

    [Fact]
    public async Task A_service_that_closes_before_it_answers_is_answered_for_with_503()
    {
        await using var upstream = await TestUpstream.StartAsync(static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var egress = await StartAsync(upstream.Address);
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version20);

        using var response = await http.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("before the answer", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_answer_that_breaks_off_breaks_off_for_the_client_too(int version)
    {
        await using var upstream = await TestUpstream.StartAsync(static async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        await using var egress = await StartAsync(upstream.Address);
        using var http = new Sidecar(egress, Client).Http(new Version(version, version == 1 ? 1 : 0));

        await Assert.ThrowsAnyAsync<Exception>(() => http.GetByteArrayAsync("/")).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task An_answer_that_asks_for_it_is_fetched_once_more()
    {
        var requests = 0;
        await using var upstream = await TestUpstream.StartAsync(context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref requests) == 1 ? 503 : 200;
            return context.Response.WriteAsync($"{requests}");
        });
        await using var egress = await StartAsync(upstream.Address, route: "cluster: upstream, timeout: 0s, retryPolicy: {retryOn: 5xx, numRetries: 1}");
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        Assert.Equal("2", await http.GetStringAsync("/"));
    }

    [Fact]
    public async Task Requests_above_the_rate_limit_get_429()
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("ok"));
        const string Limit =
            "{name: limit, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit, statPrefix: l, tokenBucket: {maxTokens: 2, tokensPerFill: 2, fillInterval: 3600s}, "
            + "filterEnabled: {defaultValue: {numerator: 100}}, filterEnforced: {defaultValue: {numerator: 100}}, responseHeadersToAdd: [{header: {key: x-limited, value: 'yes'}}]}},";
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh).Http(filters: Limit).Upstream(upstream.Address).ToString());
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        Assert.Equal("ok", await http.GetStringAsync("/"));
        Assert.Equal("ok", await http.GetStringAsync("/"));
        using var limited = await http.GetAsync("/");
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.Equal("yes", limited.Headers.GetValues("x-limited").Single());
    }

    [Fact]
    public async Task Faults_are_made_on_purpose()
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("ok"));
        const string Fault =
            "{name: fault, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, abort: {httpStatus: 418, percentage: {numerator: 100}}, headers: [{name: x-fault, presentMatch: true}]}},";
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh).Http(filters: Fault).Upstream(upstream.Address).ToString());
        using var http = new Sidecar(egress, Client).Http(HttpVersion.Version11);

        Assert.Equal("ok", await http.GetStringAsync("/"));
        http.DefaultRequestHeaders.Add("x-fault", "1");
        using var fault = await http.GetAsync("/");
        Assert.Equal((HttpStatusCode)418, fault.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WebSockets_pass_through(int version)
    {
        await using var upstream = await StartWebSocketsAsync();
        await using var egress = await StartAsync(upstream.Address);
        var sidecar = new Sidecar(egress, Client);
        using var handler = new SocketsHttpHandler { ConnectCallback = async (_, cancellationToken) => await sidecar.ConnectAsync(cancellationToken: cancellationToken) };
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.HttpVersion = new Version(version, version == 1 ? 1 : 0);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        await socket.ConnectAsync(new Uri("ws://httpbin.mesh/echo"), invoker, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        await socket.SendAsync("hello"u8.ToArray(), System.Net.WebSockets.WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("hello", System.Text.Encoding.UTF8.GetString(buffer, 0, received.Count));
        await socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        // Frames of a client are masked (RFC 6455 §5.2): 6 bytes before 5, then 6 before a status of 2; those of the service have 2 bytes before.
        await egress.UntilAsync(() => (egress.Upstream.Stats.SentBytes, egress.Upstream.Stats.ReceivedBytes) == (19, 11), "all bytes are counted");
    }

    private static Task<TestUpstream> StartWebSocketsAsync() => TestUpstream.StartAsync(static async context =>
    {
        // The handshake of RFC 6455 and an echo of frames as they come, without the middleware that a web application would have.
        var upgrade = context.Features.Get<IHttpUpgradeFeature>()!;
        context.Response.Headers["Connection"] = "Upgrade";
        context.Response.Headers["Upgrade"] = "websocket";
        context.Response.Headers["Sec-WebSocket-Accept"] = Accept(context.Request.Headers["Sec-WebSocket-Key"]!);
        await using var stream = await upgrade.UpgradeAsync();
        using var socket = System.Net.WebSockets.WebSocket.CreateFromStream(stream, isServer: true, subProtocol: null, TimeSpan.FromMinutes(2));
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: not System.Net.WebSockets.WebSocketMessageType.Close } message)
        {
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, CancellationToken.None);
        }

        await socket.CloseOutputAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
    });

#pragma warning disable CA5350 // RFC 6455 §4.2.2 asks for SHA-1.
    private static string Accept(string key) =>
        Convert.ToBase64String(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350

    private Task<RunningEgress> StartAsync(IPEndPoint upstream, string cluster = "", string route = "cluster: upstream, timeout: 0s") =>
        RunningEgress.StartAsync(new EgressResources(_mesh).Http(route).Upstream(upstream, cluster).ToString());
}
