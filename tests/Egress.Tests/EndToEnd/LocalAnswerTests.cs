using System.Net;
using Microsoft.AspNetCore.Http;
using Zoneway.SniRouter;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>Answers that the egress gives by itself, and who is held responsible for them.</summary>
public sealed class LocalAnswerTests : IDisposable
{
    private readonly TestCertificates _mesh = new();

    public void Dispose() => _mesh.Dispose();

    [Theory]
    [InlineData(204)]
    [InlineData(205)]
    [InlineData(304)]
    public async Task A_fault_of_a_status_without_content_is_answered_with_that_status(int status)
    {
        var fault = $"{{name: fault, typedConfig: {{'@type': type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, abort: {{httpStatus: {status}, percentage: {{numerator: 100}}}}}}}},";
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh).Http(filters: fault).Upstream(new IPEndPoint(IPAddress.Loopback, 1)).ToString());
        using var http = Client(egress);

        using var response = await http.GetAsync("/");
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
    }

    [Fact]
    public async Task To_gRPC_Web_a_service_that_is_not_there_is_503()
    {
        await using var egress = await StartAsync(new IPEndPoint(IPAddress.Loopback, ChildProgram.FreePort()));
        using var http = Client(egress);

        using var response = await http.PostAsync("/s/m", new ByteArrayContent([]) { Headers = { ContentType = new("application/grpc-web") } });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task A_client_that_never_ends_its_body_is_not_the_fault_of_the_endpoint()
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Request.Body.CopyToAsync(Stream.Null));
        await using var egress = await StartAsync(upstream.Address, manager: "streamIdleTimeout: 0.2s,");
        await using var tls = await new Sidecar(egress, _mesh.Issue("spiffe://default/web")).ConnectAsync();

        await tls.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx"u8.ToArray());

        using var reader = new StreamReader(tls);
        Assert.Contains("408", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)), StringComparison.Ordinal);
        Assert.Equal(0, egress.Upstream.Stats.RequestTimeouts);
    }

    [Fact]
    public async Task A_service_that_has_the_whole_request_and_does_not_answer_is_answered_for_in_time()
    {
        // No answer: it ends when the egress gives the request up.
        await using var upstream = await TestUpstream.StartAsync(static context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var egress = await StartAsync(upstream.Address, "cluster: upstream, timeout: 0.05s");
        using var http = Client(egress);

        using var response = await http.PostAsync("/", new StringContent("hello"));

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal(1, egress.Upstream.Stats.RequestTimeouts);
    }

    [Theory]
    [InlineData(DataPath.Engine)]
    [InlineData(DataPath.Portable)]
    public async Task Headers_that_do_not_come_in_time_end_the_connection(DataPath dataPath)
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var egress = await StartAsync(upstream.Address, manager: "requestHeadersTimeout: 0.5s,", dataPath: dataPath);
        await using var tls = await new Sidecar(egress, _mesh.Issue("spiffe://default/web")).ConnectAsync();
        using var reader = new StreamReader(tls);
        await tls.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        Assert.Contains("200", await reader.ReadLineAsync(), StringComparison.Ordinal);

        await tls.WriteAsync("GET / HTTP/1.1\r\nHost: "u8.ToArray());

        // The program itself would wait for 30 s.
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await reader.ReadToEndAsync();
            throw new IOException("an orderly end will do as well");
        }).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_next_attempt_leaves_nothing_behind()
    {
        await using var upstream = await TestUpstream.StartAsync(static context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var egress = await StartAsync(
            upstream.Address, route: "cluster: upstream, timeout: 0s, retryPolicy: {retryOn: 5xx, numRetries: 1, retryBackOff: {baseInterval: 100000s}}");
        using var http = Client(egress);
        using var gone = new CancellationTokenSource();
        var request = http.GetAsync("/", gone.Token);
        await egress.UntilAsync(() => egress.Upstream.Stats.Retries == 1, "the request waits for its next attempt");

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await egress.UntilAsync(() => egress.Http.Active == 0, "the request is over");
        Assert.Equal(0, egress.Http.Answers(2) + egress.Http.Answers(5));
        Assert.Equal(1, egress.Upstream.Stats.Requests);
    }

    private HttpClient Client(RunningEgress egress) => new Sidecar(egress, _mesh.Issue("spiffe://default/web")).Http(HttpVersion.Version11);

    private Task<RunningEgress> StartAsync(IPEndPoint upstream, string route = "cluster: upstream, timeout: 0s", string manager = "", DataPath dataPath = DataPath.Auto) =>
        RunningEgress.StartAsync(new EgressResources(_mesh).Http(route, manager: manager).Upstream(upstream).ToString(), dataPath);
}
