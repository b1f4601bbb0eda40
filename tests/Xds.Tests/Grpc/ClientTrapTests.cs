using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Zoneway.TestUtilities;
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
            // Until the call is cancelled.
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
    public async Task WriteAfterServerEnded_ReadFirst_ThrowsTheStatus()
    {
        await using var server = await KestrelServer.ServeAsync((_, _, _) => throw new RpcException(new(StatusCode.NotFound, "gone")));
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(StatusCode.NotFound, (await call.StatusAsync()).StatusCode);

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
        Assert.Equal(new Status(StatusCode.NotFound, "gone"), await call.StatusAsync());
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

        Assert.Equal(StatusCode.OK, (await call.StatusAsync()).StatusCode);

        Assert.Equal("trailers", headers!.TE);
        Assert.Equal(GrpcHeaders.ContentType, headers.ContentType);
        Assert.True(headers.ContainsKey(GrpcHeaders.Timeout));
        Assert.StartsWith("grpc-zoneway/", headers.UserAgent.ToString(), StringComparison.Ordinal);
        Assert.False(headers.ContainsKey("Expect"));
    }

    [Fact]
    public void TooManyPings_DefaultDelay_IsWhatServersTolerate() =>
        Assert.True(new GrpcChannelOptions().KeepAlivePingDelay >= TimeSpan.FromSeconds(30));

    [Fact]
    public async Task GoAway_StreamLivesOn_AndTheNextCallGetsANewConnection()
    {
        var connections = new ConcurrentDictionary<string, bool>();
        await using var server = await KestrelServer.ServeAsync((requests, responses, context) =>
        {
            connections.TryAdd(context.HttpContext.Connection.Id, true);
            context.HttpContext.Connection.RequestClose();
            return KestrelServer.EchoAsync(requests, responses, context);
        });
        using var channel = server.Connect();
        using var first = channel.DuplexStreaming(KestrelServer.Method);
        await first.EchoOnceAsync();
        // A call that begins before GOAWAY has come goes the old way, which is right too.
        using var limit = new CancellationTokenSource(Eventually.Limit);
        while (connections.Count < 2)
        {
            using var next = channel.DuplexStreaming(KestrelServer.Method, new() { CancellationToken = limit.Token });
            await next.EchoOnceAsync();
        }

        await first.EchoOnceAsync();
    }

    private static async Task WriteForeverAsync(AsyncDuplexStreamingCall<BytesValue, BytesValue> call)
    {
        while (true)
        {
            await call.RequestStream.WriteAsync(KestrelServer.Message(1));
        }
    }
}
