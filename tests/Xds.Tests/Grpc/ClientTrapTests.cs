using System.Net;
using System.Net.Sockets;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

/// <summary>The known traps of gRPC over SocketsHttpHandler, each by its name.</summary>
public sealed class ClientTrapTests
{
    [Fact]
    public async Task HeadersNotSentBeforeTheFirstWrite_NothingToSay_ServerSeesTheCall()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await KestrelServer.ServeAsync((_, _, context) =>
        {
            seen.SetResult();
            return Task.Delay(Timeout.Infinite, context.CancellationToken);
        });
        using var channel = server.Connect();

        using var call = channel.DuplexStreaming(KestrelServer.Method);

        await seen.Task.WaitAsync(KestrelServer.Limit);
    }

    [Fact]
    public async Task ServerWithholdsHeaders_UntilThirdMessage_WritingDoesNotWaitForThem()
    {
        await using var server = await KestrelServer.AnswerAsync(async context =>
        {
            var requests = new MessageReader<BytesValue>(context.Request.BodyReader, BytesValue.Parser, 1000);
            for (var i = 0; i < 3; i++)
            {
                await requests.ReadAsync(context.RequestAborted);
            }

            await GrpcResponse.StartAsync(context.Response, context.RequestAborted);
            GrpcResponse.Finish(context.Response, Status.DefaultSuccess, []);
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        for (byte i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(KestrelServer.Message(i)).WaitAsync(KestrelServer.Limit);
        }

        Assert.False(await call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));
    }

    [Fact]
    public async Task ConnectFails_StreamNeverArrives_WriterAndReaderAreTold()
    {
        using var channel = GrpcChannel.ForAddress(UnusedAddress(), new());
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        var writing = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(KestrelServer.Message()).WaitAsync(KestrelServer.Limit));

        Assert.Equal(StatusCode.Unavailable, writing.StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await StatusAsync(call)).StatusCode);
    }

    [Fact]
    public async Task NameDoesNotResolve_GivesUnavailable()
    {
        using var channel = GrpcChannel.ForAddress(new Uri("http://control-plane.invalid:5678"), new());
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(StatusCode.Unavailable, (await StatusAsync(call)).StatusCode);
    }

    [Fact]
    public async Task ServerNeverAnswersTheHandshake_ConnectTimeoutPasses_GivesUnavailable()
    {
        await using var server = new RawTcpServer([], closes: false);
        using var channel = GrpcChannel.ForAddress(new Uri($"https://{server.Authority}"), new() { ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(StatusCode.Unavailable, (await StatusAsync(call)).StatusCode);
    }

    [Fact]
    public async Task WriteAfterServerEnded_ReadFirst_ThrowsTheStatus()
    {
        await using var server = await KestrelServer.ServeAsync((_, _, _) => throw new RpcException(new(StatusCode.NotFound, "gone")));
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(StatusCode.NotFound, (await StatusAsync(call)).StatusCode);

        var writing = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(KestrelServer.Message()).WaitAsync(KestrelServer.Limit));
        Assert.Equal(StatusCode.NotFound, writing.StatusCode);
    }

    [Fact]
    public async Task WriteAfterServerEnded_NotRead_FailsAndTheStatusIsOnTheReadSide()
    {
        await using var server = await KestrelServer.ServeAsync((_, _, _) => throw new RpcException(new(StatusCode.NotFound, "gone")));
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        var writing = await Assert.ThrowsAsync<RpcException>(() => WriteForeverAsync(call).WaitAsync(KestrelServer.Limit));

        Assert.Equal(StatusCode.Unavailable, writing.StatusCode);
        Assert.Equal(new Status(StatusCode.NotFound, "gone"), await StatusAsync(call));
    }

    [Fact]
    public async Task RequestHeaders_AskForTrailers_AndNotForContinue()
    {
        IHeaderDictionary? headers = null;
        await using var server = await KestrelServer.AnswerAsync(context =>
        {
            headers = new HeaderDictionary(new Dictionary<string, StringValues>(context.Request.Headers, StringComparer.OrdinalIgnoreCase));
            GrpcResponse.Refuse(context.Response, Status.DefaultSuccess);
            return Task.CompletedTask;
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method, new() { Deadline = TimeProvider.System.GetUtcNow().AddMinutes(1) });

        Assert.Equal(StatusCode.OK, (await StatusAsync(call)).StatusCode);

        Assert.Equal("trailers", headers!.TE);
        Assert.Equal(GrpcHeaders.ContentType, headers.ContentType);
        Assert.True(headers.ContainsKey(GrpcHeaders.Timeout));
        Assert.StartsWith("grpc-zoneway/", headers.UserAgent.ToString(), StringComparison.Ordinal);
        Assert.False(headers.ContainsKey("Expect"));
    }

    [Theory]
    [InlineData("7", "a%20b", StatusCode.PermissionDenied, "a b")]
    [InlineData("0", null, StatusCode.OK, "")]
    [InlineData("17", "x", StatusCode.Unknown, "The server sent the status '17'. x")]
    [InlineData("-1", "x", StatusCode.Unknown, "The server sent the status '-1'. x")]
    internal async Task StatusInHeaders_TrailersOnly_IsTheStatus(string status, string? message, StatusCode expected, string detail)
    {
        await using var server = await KestrelServer.AnswerAsync(context =>
        {
            context.Response.ContentType = GrpcHeaders.ContentType;
            context.Response.Headers[GrpcHeaders.Status] = status;
            context.Response.Headers[GrpcHeaders.Message] = message;
            return Task.CompletedTask;
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(new Status(expected, detail), await StatusAsync(call));
    }

    [Fact]
    public async Task StatusMissing_StreamEnds_GivesUnknown()
    {
        await using var server = await KestrelServer.AnswerAsync(context => GrpcResponse.StartAsync(context.Response, default));
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(StatusCode.Unknown, (await StatusAsync(call)).StatusCode);
    }

    [Theory]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(200, StatusCode.Unknown)] // of another content type
    internal async Task NoGrpcResponse_HttpStatusOnly_IsMapped(int status, StatusCode expected)
    {
        await using var server = await KestrelServer.AnswerAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("<html>");
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(expected, (await StatusAsync(call)).StatusCode);
    }

    [Theory]
    [InlineData(0x0, StatusCode.Unavailable, true)]
    [InlineData(0x2, StatusCode.Internal, true)]
    [InlineData(0x7, StatusCode.Unavailable, true)]
    [InlineData(0x7, StatusCode.Unavailable, false)]
    [InlineData(0x8, StatusCode.Cancelled, true)]
    [InlineData(0x8, StatusCode.Cancelled, false)]
    [InlineData(0xB, StatusCode.ResourceExhausted, true)]
    [InlineData(0xB, StatusCode.ResourceExhausted, false)]
    [InlineData(0xC, StatusCode.PermissionDenied, false)]
    internal async Task StreamReset_WithErrorCode_IsMapped(int errorCode, StatusCode expected, bool afterHeaders)
    {
        await using var server = await KestrelServer.AnswerAsync(async context =>
        {
            if (afterHeaders)
            {
                await GrpcResponse.StartAsync(context.Response, default);
            }

            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(errorCode);
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(expected, (await StatusAsync(call)).StatusCode);
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

        Assert.Equal(StatusCode.Unavailable, (await StatusAsync(call)).StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NoHttp2Server_ClosesOrTalksGarbage_GivesAStatus(bool closes)
    {
        await using var server = new RawTcpServer("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), closes);
        using var channel = GrpcChannel.ForAddress(new Uri($"http://{server.Authority}"), new());
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.NotEqual(StatusCode.OK, (await StatusAsync(call)).StatusCode);
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

        var status = await StatusAsync(call);

        Assert.True(status.StatusCode == StatusCode.Unavailable, status.DebugException?.ToString());
    }

    [Fact]
    public void TooManyPings_DefaultDelay_IsWhatServersTolerate() =>
        Assert.True(new GrpcChannelOptions().KeepAlivePingDelay >= TimeSpan.FromSeconds(30));

    [Fact]
    public async Task GoAway_StreamLivesOn_AndTheNextCallGetsANewConnection()
    {
        var connections = new List<string>();
        await using var server = await KestrelServer.ServeAsync((requests, responses, context) =>
        {
            connections.Add(context.HttpContext.Connection.Id);
            context.HttpContext.Connection.RequestClose();
            return KestrelServer.EchoAsync(requests, responses, context);
        });
        using var channel = server.Connect();
        using var first = channel.DuplexStreaming(KestrelServer.Method);
        await EchoOnceAsync(first);
        using var second = channel.DuplexStreaming(KestrelServer.Method);
        await EchoOnceAsync(second);

        await EchoOnceAsync(first);

        Assert.Equal(2, connections.Distinct().Count());
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 0 }, StatusCode.Unimplemented)] // compressed
    [InlineData(new byte[] { 7, 0, 0, 0, 0 }, StatusCode.Internal)] // malformed
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, StatusCode.Internal)] // truncated
    [InlineData(new byte[] { 0, 0x7F, 0xFF, 0xFF, 0xFF }, StatusCode.ResourceExhausted)] // announced only
    internal async Task BrokenFrame_FromServer_GivesStatus(byte[] bytes, StatusCode expected)
    {
        await using var server = await KestrelServer.AnswerAsync(async context =>
        {
            context.Response.ContentType = GrpcHeaders.ContentType;
            await context.Response.Body.WriteAsync(bytes);
            GrpcResponse.Finish(context.Response, Status.DefaultSuccess, []);
        });
        using var channel = server.Connect(new() { MaxReceiveMessageBytes = 1000 });
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(expected, (await StatusAsync(call)).StatusCode);
    }

    private static async Task EchoOnceAsync(AsyncDuplexStreamingCall<BytesValue, BytesValue> call)
    {
        await call.RequestStream.WriteAsync(KestrelServer.Message(1)).WaitAsync(KestrelServer.Limit);
        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));
    }

    private static async Task WriteForeverAsync(AsyncDuplexStreamingCall<BytesValue, BytesValue> call)
    {
        while (true)
        {
            await call.RequestStream.WriteAsync(KestrelServer.Message(1));
        }
    }

    private static async Task<Status> StatusAsync(AsyncDuplexStreamingCall<BytesValue, BytesValue> call)
    {
        var exception = await Record.ExceptionAsync(() => call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));
        Assert.True(exception is RpcException or null, exception?.ToString());
        return call.GetStatus();
    }

    private static Uri UnusedAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }
}
