using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

/// <summary>Servers that are not there, not gRPC servers, or gone.</summary>
public sealed class ConnectionFailureTests
{
    [Fact]
    public async Task ConnectFails_StreamNeverArrives_WriterAndReaderAreTold()
    {
        using var channel = GrpcChannel.ForAddress(UnusedAddress(), new());
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        var writing = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(KestrelServer.Message()).WaitAsync(KestrelServer.Limit));

        Assert.Equal(StatusCode.Unavailable, writing.StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await call.StatusAsync()).StatusCode);
    }

    [Fact]
    public async Task NameDoesNotResolve_GivesUnavailable()
    {
        using var channel = GrpcChannel.ForAddress(new Uri("http://control-plane.invalid:5678"), new());
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(StatusCode.Unavailable, (await call.StatusAsync()).StatusCode);
    }

    [Fact]
    public async Task ServerNeverAnswersTheHandshake_ConnectTimeoutPasses_GivesUnavailable()
    {
        await using var server = new RawTcpServer([], closes: false);
        using var channel = GrpcChannel.ForAddress(new Uri($"https://{server.Authority}"), new() { ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(StatusCode.Unavailable, (await call.StatusAsync()).StatusCode);
    }

    [Fact]
    public async Task ConnectionLost_MidStream_GivesUnavailable()
    {
        ConnectionContext? connection = null;
        await using var server = await KestrelServer.AnswerAsync(
            async context =>
            {
                await GrpcResponse.StartAsync(context.Response, default);
                connection!.Abort();
            },
            listen => listen.Use(next => context =>
            {
                connection = context;
                return next(context);
            }));
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(StatusCode.Unavailable, (await call.StatusAsync()).StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NoHttp2Server_ClosesOrTalksGarbage_GivesAStatus(bool closes)
    {
        await using var server = new RawTcpServer("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), closes);
        using var channel = GrpcChannel.ForAddress(new Uri($"http://{server.Authority}"), new());
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.NotEqual(StatusCode.OK, (await call.StatusAsync()).StatusCode);
    }

    [Fact]
    public async Task KeepAlivePingUnanswered_ReportedAsProtocolError_GivesUnavailable()
    {
        await using var server = new RawTcpServer(RawTcpServer.Http2Greeting, closes: false);
        using var channel = GrpcChannel.ForAddress(
            new Uri($"http://{server.Authority}"),
            new() { KeepAlivePingDelay = TimeSpan.FromSeconds(1), KeepAlivePingTimeout = TimeSpan.FromSeconds(1) });
        using var call = channel.DuplexStreaming(KestrelServer.Method);
        await call.RequestStream.WriteAsync(KestrelServer.Message(1)).WaitAsync(KestrelServer.Limit);

        var status = await call.StatusAsync();

        Assert.True(status.StatusCode == StatusCode.Unavailable, status.DebugException?.ToString());
    }

    private static Uri UnusedAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }
}
