using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Zoneway.TestUtilities;
using Zoneway.TestUtilities.Bootstrap;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Xds.Tests.Bootstrap;

public sealed class BootstrapClientTests : IDisposable
{
    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(3);

    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task FetchAsync_ControlPlaneAnswers_SendsWhatKumaExpectsAndReturnsDocument()
    {
        await using var server = await FakeBootstrapServer.StartAsync();
        server.AnswersWith(SampleBootstraps.Plain);

        using var client = Client(server);
        var result = await client.FetchAsync(SampleBootstraps.Request, _limit.Token);

        Assert.Equal(new NodeIdentity(".zi-1", "ingress", []).Id, result.Document!.Node.Id);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/bootstrap", "application/json", "application/json"), (request.Method, request.Path, request.Accept, request.ContentType));
        var expected = JsonNode.Parse("""
            {"name":"zi-1","proxyType":"ingress","dataplaneToken":"the-token","features":["feature-reuse-port"],
             "version":{"kumaDp":{"version":"2.14.3","gitTag":"v2.14.3","gitCommit":"","buildDate":""},
                        "envoy":{"version":"0.1.0","build":"zoneway","kumaDpCompatible":true}}}
            """);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(request.Body)), request.Body);
    }

    [Fact]
    public async Task FetchAsync_ResourceNotThereYet_RetriesEveryThreeSeconds()
    {
        await using var server = await FakeBootstrapServer.StartAsync();
        server.Answers(404, "").Answers(503, "starting").AnswersWith(SampleBootstraps.Plain);

        using var client = Client(server);
        var fetching = client.FetchAsync(SampleBootstraps.Request, _limit.Token);
        for (var retry = 0; retry < 2; retry++)
        {
            await _time.ArmedAsync(due => due == Backoff);
            Assert.False(fetching.IsCompleted);
            _time.Advance(Backoff);
        }

        Assert.NotNull((await fetching).Document);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task FetchAsync_ErrorsForFiveMinutes_GivesUpWithLastError()
    {
        await using var server = await FakeBootstrapServer.StartAsync();
        server.Answers(500, "still broken");

        using var client = Client(server);
        var fetching = client.FetchAsync(SampleBootstraps.Request, _limit.Token);
        for (var retry = 0; retry < 100; retry++)
        {
            await _time.ArmedAsync(due => due == Backoff);
            _time.Advance(Backoff);
        }

        var result = await fetching;
        Assert.Null(result.Document);
        Assert.Contains("00:05:00", result.Error, StringComparison.Ordinal);
        Assert.Contains("still broken", result.Error, StringComparison.Ordinal);
        Assert.Equal(101, server.Requests.Count);
    }

    [Theory]
    [InlineData(422, "token missing")]
    [InlineData(400, "")]
    [InlineData(404, "404: Page Not Found")]
    public async Task FetchAsync_ErrorThatRetryingCannotMend_GivesUpAtOnce(int status, string body)
    {
        await using var server = await FakeBootstrapServer.StartAsync();
        server.Answers(status, body);

        using var client = Client(server);
        var result = await client.FetchAsync(SampleBootstraps.Request, _limit.Token);

        Assert.Null(result.Document);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task FetchAsync_NobodyListens_Retries()
    {
        Uri address;
        await using (var gone = await FakeBootstrapServer.StartAsync())
        {
            address = gone.Address;
        }

        using var client = Client(new BootstrapClientOptions { ControlPlane = address, RetryMaxDuration = Backoff });
        var fetching = client.FetchAsync(SampleBootstraps.Request, _limit.Token);
        await _time.ArmedAsync(due => due == Backoff);
        _time.Advance(Backoff);

        Assert.Contains(address.ToString(), (await fetching).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_ServerSaysNothing_TimesOutAfterTenSecondsAndRetries()
    {
        await using var server = await FakeBootstrapServer.StartAsync();
        var hold = new TaskCompletionSource();
        server.Hold = hold.Task;
        server.AnswersWith(SampleBootstraps.Plain);

        using var client = Client(server);
        var fetching = client.FetchAsync(SampleBootstraps.Request, _limit.Token);
        await _time.ArmedAsync(due => due == TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(10));
        await _time.ArmedAsync(due => due == Backoff);
        hold.SetResult();
        _time.Advance(Backoff);

        Assert.NotNull((await fetching).Document);
    }

    [Fact]
    public async Task FetchAsync_Cancelled_Throws()
    {
        await using var server = await FakeBootstrapServer.StartAsync();
        server.Answers(500, "");
        using var stop = new CancellationTokenSource();

        using var client = Client(server);
        var fetching = client.FetchAsync(SampleBootstraps.Request, stop.Token);
        await _time.ArmedAsync(due => due == Backoff);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
    }

    [Fact]
    public async Task FetchAsync_EndlessAnswer_IsCutOff()
    {
        await using var server = await FakeBootstrapServer.StartAsync();
        server.Answers(200, new string('x', 5 * 1024 * 1024));

        using var client = Client(new BootstrapClientOptions { ControlPlane = server.Address, RetryMaxDuration = TimeSpan.Zero });
        var result = await client.FetchAsync(SampleBootstraps.Request, _limit.Token);

        Assert.Contains("longer than", result.Error, StringComparison.Ordinal);
    }

    private BootstrapClient Client(FakeBootstrapServer server) => Client(new BootstrapClientOptions { ControlPlane = server.Address });

    private BootstrapClient Client(BootstrapClientOptions options) => new(options, _time, NullLogger<BootstrapClient>.Instance);
}
