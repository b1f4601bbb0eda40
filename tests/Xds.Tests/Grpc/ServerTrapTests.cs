using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

/// <summary>The server side with requests made by hand, and the limits of Kestrel that a stream must not meet.</summary>
public sealed class ServerTrapTests : IDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 0 }, StatusCode.Unimplemented)] // compressed
    [InlineData(new byte[] { 7, 0, 0, 0, 0 }, StatusCode.Internal)] // malformed
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, StatusCode.Internal)] // truncated
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0x0A, 0x7F }, StatusCode.Internal)] // no protobuf
    [InlineData(new byte[] { 0, 0x7F, 0xFF, 0xFF, 0xFF }, StatusCode.ResourceExhausted)] // announced only
    [InlineData(new byte[] { 0, 0xFF, 0xFF, 0xFF, 0xFF }, StatusCode.ResourceExhausted)]
    internal async Task BrokenFrame_FromClient_EndsTheCallWithStatus(byte[] body, StatusCode expected)
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);

        using var response = await SendAsync(server, body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(((int)expected).ToString(), response.TrailingHeaders.GetValues(GrpcHeaders.Status).Single());
    }

    [Theory]
    [InlineData(GrpcHeaders.Encoding, "gzip", StatusCode.Unimplemented)]
    [InlineData(GrpcHeaders.Timeout, "soon", StatusCode.Internal)]
    internal async Task Header_NotSupported_IsRefusedWithTrailersOnly(string name, string value, StatusCode expected)
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);

        using var response = await SendAsync(server, [], (name, value));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(((int)expected).ToString(), response.Headers.GetValues(GrpcHeaders.Status).Single());
        Assert.Equal(GrpcHeaders.Identity, response.Headers.GetValues(GrpcHeaders.AcceptEncoding).Single());
    }

    [Fact]
    public async Task Request_OfOtherContentType_Is415()
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);

        using var response = await SendAsync(server, [], contentType: "application/json");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Request_OverHttp1_IsAskedToUpgrade()
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync, listen => listen.Protocols = HttpProtocols.Http1);

        using var response = await SendAsync(server, [], version: HttpVersion.Version11);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Theory]
    [InlineData("application/grpc", HttpStatusCode.OK, "12")]
    [InlineData("text/plain", HttpStatusCode.NotFound, null)]
    public async Task Fallback_UnknownPath_AnswersByContentType(string contentType, HttpStatusCode expected, string? status)
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);

        using var response = await SendAsync(server, [], contentType: contentType, path: "/some.Service/Method.With.Dots");

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(status, response.Headers.TryGetValues(GrpcHeaders.Status, out var values) ? values.Single() : null);
    }

    [Fact]
    public async Task KestrelLimits_SmallBodyAndHighDataRate_DoNotMeetAStream()
    {
        var grace = TimeSpan.FromSeconds(1.1);
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync, listen =>
        {
            listen.KestrelServerOptions.Limits.MaxRequestBodySize = 1000;
            listen.KestrelServerOptions.Limits.MinRequestBodyDataRate = new MinDataRate(1_000_000, grace);
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        await call.EchoOnceAsync(5000);
        await Task.Delay(3 * grace); // the data rate is looked at once a second
        await call.EchoOnceAsync(5000);
    }

    [Fact]
    public async Task ApplicationStopping_OpenStream_EndsItWithUnavailable()
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);
        await call.EchoOnceAsync(1);
        var reading = call.ResponseStream.MoveNext(default);

        // Kestrel alone would wait for the stream until HostOptions.ShutdownTimeout, 30 s.
        await server.StopAsync().WaitAsync(KestrelServer.Limit);

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => reading.WaitAsync(KestrelServer.Limit))).StatusCode);
    }

    [Fact]
    public async Task Handler_ReturnsWithoutReading_ClientSeesTheStatus()
    {
        await using var server = await KestrelServer.ServeAsync((_, _, _) => Task.CompletedTask);
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.False(await call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));
    }

    private async Task<HttpResponseMessage> SendAsync(
        KestrelServer server,
        byte[] body,
        (string Name, string Value)? header = null,
        string contentType = GrpcHeaders.ContentType,
        string? path = null,
        Version? version = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, path ?? KestrelServer.Method.FullName))
        {
            Version = version ?? HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } },
        };
        if (header is { } h)
        {
            request.Headers.Add(h.Name, h.Value);
        }

        var response = await _client.SendAsync(request, default).WaitAsync(KestrelServer.Limit);
        await response.Content.LoadIntoBufferAsync().WaitAsync(KestrelServer.Limit);
        return response;
    }
}
