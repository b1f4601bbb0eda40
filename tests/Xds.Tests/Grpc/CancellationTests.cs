using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

/// <summary>Calls that one side does not let come to their end.</summary>
public sealed class CancellationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_ByClient_EndsBothSides(bool byToken)
    {
        var handlerEnded = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await KestrelServer.ServeAsync(async (requests, responses, context) =>
            handlerEnded.SetResult(await Record.ExceptionAsync(() => KestrelServer.EchoAsync(requests, responses, context))));
        using var channel = server.Connect();
        using var cancellation = new CancellationTokenSource();
        using var call = channel.DuplexStreaming(KestrelServer.Method, new() { CancellationToken = cancellation.Token });
        await call.RequestStream.WriteAsync(KestrelServer.Message(1)).WaitAsync(KestrelServer.Limit);
        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));
        var reading = call.FailureAsync();

        if (byToken)
        {
            await cancellation.CancelAsync();
        }
        else
        {
            call.Dispose();
        }

        Assert.Equal(StatusCode.Cancelled, (await reading).StatusCode);

        // Not the end of the stream: the server must not take a cancelled client for one that has said everything.
        Assert.NotNull(await handlerEnded.Task.WaitAsync(KestrelServer.Limit));
    }

    [Fact]
    public async Task MoveNext_OwnTokenCancelled_EndsTheCall()
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);
        using var cancellation = new CancellationTokenSource();
        var reading = call.ResponseStream.MoveNext(cancellation.Token);

        await cancellation.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => reading.WaitAsync(KestrelServer.Limit))).StatusCode);
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(KestrelServer.Message()))).StatusCode);
    }

    [Fact]
    public async Task WriteAsync_ServerDoesNotRead_WaitsUntilCancelled()
    {
        // A server that reads nothing until its call is cancelled.
        await using var server = await KestrelServer.ServeAsync((_, _, context) => Task.Delay(Timeout.Infinite, context.CancellationToken));
        using var channel = server.Connect();
        using var cancellation = new CancellationTokenSource();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        // Larger than the window Kestrel grants.
        var writing = call.RequestStream.WriteAsync(KestrelServer.Message(new byte[32 * 1024 * 1024]), cancellation.Token);
        // That it waits shows only by its not being done; a shorter look can only miss a fault, never report one that is not there.
        Assert.NotSame(writing, await Task.WhenAny(writing, Task.Delay(TimeSpan.FromMilliseconds(300))));
        await cancellation.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => writing.WaitAsync(KestrelServer.Limit))).StatusCode);
    }

    [Fact]
    public async Task Deadline_Passes_EndsBothSides()
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(500);
        var handlerEnded = new TaskCompletionSource<(Exception? Exception, bool IsCancelled, DateTimeOffset? Deadline)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await KestrelServer.ServeAsync(async (requests, responses, context) =>
        {
            var exception = await Record.ExceptionAsync(() => KestrelServer.EchoAsync(requests, responses, context));
            handlerEnded.SetResult((exception, context.CancellationToken.IsCancellationRequested, context.Deadline));
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method, new() { Deadline = deadline });

        Assert.Equal(StatusCode.DeadlineExceeded, (await call.FailureAsync()).StatusCode);
        var (ended, isCancelled, seen) = await handlerEnded.Task.WaitAsync(KestrelServer.Limit);
        Assert.NotNull(ended);
        Assert.True(isCancelled);
        Assert.InRange(seen!.Value, deadline - KestrelServer.Limit, deadline + KestrelServer.Limit);
    }

    [Fact]
    public async Task Deadline_AlreadyPassed_FailsAtOnce()
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method, new() { Deadline = DateTimeOffset.UnixEpoch });

        Assert.Equal(StatusCode.DeadlineExceeded, (await call.FailureAsync()).StatusCode);
    }
}
