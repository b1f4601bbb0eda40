using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>Circuit breakers of HTTP, and what is counted of requests: answers of gRPC, bytes.</summary>
public sealed class BreakerTests : IDisposable
{
    private readonly TestCertificates _mesh = new();

    public void Dispose() => _mesh.Dispose();

    [Theory]
    [InlineData("max_requests")]
    [InlineData("max_connections")]
    public async Task A_request_beyond_the_limit_gets_503_and_is_told_why(string limit)
    {
        var proceed = new TaskCompletionSource();
        await using var upstream = await TestUpstream.StartAsync(context => proceed.Task);
        await using var egress = await StartAsync(upstream, $"circuitBreakers: {{thresholds: [{{{limit}: 1}}]}},");
        using var http = Client(egress, HttpVersion.Version20);
        var first = http.GetAsync("/");
        await egress.UntilAsync(() => egress.Upstream.CircuitBreaker is { Requests: 1, Connections: 1, Pending: 0 }, "the first request is on its way");

        using var refused = await http.GetAsync("/");
        proceed.SetResult();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(["true"], refused.Headers.GetValues("x-envoy-overloaded"));
        Assert.Equal(limit == "max_requests" ? (1, 0) : (0L, 1L), (egress.Upstream.Stats.PendingOverflows, egress.Upstream.Stats.Overflows));
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        await egress.UntilAsync(() => egress.Upstream.CircuitBreaker.Requests == 0, "its place is free");
    }

    [Fact]
    public async Task An_answer_is_passed_on_where_no_retry_is_left()
    {
        await using var upstream = await TestUpstream.StartAsync(static context =>
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync("of the service");
        });
        await using var egress = await StartAsync(upstream, "circuitBreakers: {thresholds: [{maxRetries: 0}]},", "cluster: upstream, timeout: 0s, retryPolicy: {retryOn: 5xx, numRetries: 3}");
        using var http = Client(egress, HttpVersion.Version11);

        using var response = await http.GetAsync("/");

        Assert.Equal("of the service", await response.Content.ReadAsStringAsync());
        Assert.Equal((1, 0, 1), (egress.Upstream.Stats.Requests, egress.Upstream.Stats.Retries, egress.Upstream.Stats.RetryOverflows));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_gRPC_call_that_fails_counts_as_5xx(bool isTrailersOnly)
    {
        await using var upstream = await TestUpstream.StartAsync(
            async context =>
            {
                context.Response.ContentType = "application/grpc";
                if (isTrailersOnly)
                {
                    context.Response.Headers["grpc-status"] = "14";
                    return;
                }

                await context.Response.WriteAsync("message");
                context.Response.AppendTrailer("grpc-status", "14");
            },
            HttpProtocols.Http2);
        await using var egress = await StartAsync(upstream, EgressResources.Http2);
        using var http = Client(egress, HttpVersion.Version20);

        using var response = await http.PostAsync("/s/m", new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new("application/grpc") } });
        await response.Content.ReadAsStringAsync();

        await egress.UntilAsync(() => egress.Upstream.Stats.Answers(2) + egress.Upstream.Stats.Answers(5) > 0, "the answer is counted");
        Assert.Equal((0, 1), (egress.Upstream.Stats.Answers(2), egress.Upstream.Stats.Answers(5)));
    }

    [Theory]
    [InlineData("GET", false, 5)]
    [InlineData("GET", true, 5)]
    [InlineData("HEAD", true, 0)]
    public async Task Bytes_of_an_answer_are_counted_whether_its_length_is_said_or_not(string method, bool saysLength, long expected)
    {
        await using var upstream = await TestUpstream.StartAsync(async context =>
        {
            context.Response.ContentLength = saysLength ? 5 : null;
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                await context.Response.WriteAsync("12345");
            }
        });
        await using var egress = await StartAsync(upstream);
        using var http = Client(egress, HttpVersion.Version11);

        using var response = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/") { Version = HttpVersion.Version11 });

        await egress.UntilAsync(() => egress.Http.Active == 0, "the request is over");
        Assert.Equal(expected, egress.Upstream.Stats.ReceivedBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Requests_of_a_client_that_goes_end_at_the_service_too(int version)
    {
        var gone = new TaskCompletionSource();
        await using var upstream = await TestUpstream.StartAsync(async context =>
        {
            context.RequestAborted.UnsafeRegister(_ => gone.TrySetResult(), null);
            await gone.Task;
        });
        await using var egress = await StartAsync(upstream);
        using var http = Client(egress, new Version(version, version == 1 ? 1 : 0));
        using var leave = new CancellationTokenSource();
        var request = http.GetAsync("/", leave.Token);
        await egress.UntilAsync(() => egress.Upstream.CircuitBreaker is { Connections: 1, Pending: 0 }, "the request is on its way");

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await egress.UntilAsync(() => egress.Http.Active == 0 && egress.Upstream.CircuitBreaker.Requests == 0, "the request is over");
    }

    private HttpClient Client(RunningEgress egress, Version version) => new Sidecar(egress, _mesh.Issue("spiffe://default/web")).Http(version);

    private Task<RunningEgress> StartAsync(TestUpstream upstream, string cluster = "", string route = "cluster: upstream, timeout: 0s") =>
        RunningEgress.StartAsync(new EgressResources(_mesh).Http(route).Upstream(upstream.Address, cluster).ToString());
}
