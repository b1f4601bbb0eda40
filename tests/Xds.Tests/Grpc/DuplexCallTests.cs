using System.Security.Cryptography;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

/// <summary>Own client and own server, over HTTP/2 without TLS.</summary>
public sealed class DuplexCallTests
{
    [Fact]
    public async Task PingPong_ThousandMessages_AllComeBackInOrder()
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        for (var i = 0; i < 1000; i++)
        {
            var message = KestrelServer.Message(BitConverter.GetBytes(i));
            await call.RequestStream.WriteAsync(message).WaitAsync(KestrelServer.Limit);
            Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));
            Assert.Equal(message, call.ResponseStream.Current);
        }

        await call.EndAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024 * 1024)] // trap 12: no window tuning needed
    public async Task Echo_MessageOfSize_ComesBackUnchanged(int size)
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);
        var message = KestrelServer.Message(RandomNumberGenerator.GetBytes(size));

        await call.RequestStream.WriteAsync(message).WaitAsync(KestrelServer.Limit);
        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));

        Assert.Equal(message, call.ResponseStream.Current);
        await call.EndAsync();
    }

    [Fact]
    public async Task WriteAsync_ManyWritersAtOnce_MessagesArriveWholeAndInOrder() // trap 5: a single writer, flushed after each message
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);
        var messages = Enumerable.Range(0, 100).Select(i => KestrelServer.Message(Enumerable.Repeat((byte)i, 1000 * (i % 7)).ToArray())).ToList();

        await Task.WhenAll(messages.Select(message => call.RequestStream.WriteAsync(message))).WaitAsync(KestrelServer.Limit);
        await call.RequestStream.CompleteAsync();

        var received = await call.ResponseStream.ReadAllAsync().ToListAsync().AsTask().WaitAsync(KestrelServer.Limit);
        Assert.Equal(messages, received);
    }

    [Fact]
    public async Task Metadata_BothWays_Arrives()
    {
        Metadata? seen = null;
        await using var server = await KestrelServer.ServeAsync((_, _, context) =>
        {
            seen = context.RequestHeaders;
            context.ResponseTrailers.Add("answer", "42");
            return Task.CompletedTask;
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method, new() { Headers = new Metadata { { "Authorization", "token" } } });

        await call.EndAsync();

        Assert.Equal("token", seen!.GetValue("authorization"));
        Assert.Equal("42", call.GetTrailers().GetValue("answer"));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task MoveNext_HandlerThrowsRpcException_GivesStatusTextAndTrailers()
    {
        await using var server = await KestrelServer.ServeAsync(async (_, responses, context) =>
        {
            context.ResponseTrailers.Add("why", "test");
            await responses.WriteAsync(KestrelServer.Message(1));
            throw new RpcException(new(StatusCode.PermissionDenied, "100 % ünwanted\n"));
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));
        var exception = await call.FailureAsync();

        Assert.Equal(new Status(StatusCode.PermissionDenied, "100 % ünwanted\n"), exception.Status);
        Assert.Equal("test", exception.Trailers.GetValue("why"));
        Assert.Equal(exception.Status, call.GetStatus());
    }

    [Fact]
    public async Task MoveNext_HandlerFails_GivesUnknownWithoutDetails()
    {
        await using var server = await KestrelServer.ServeAsync((_, _, _) => throw new InvalidOperationException("secret"));
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        var status = (await call.FailureAsync()).Status;

        Assert.Equal(StatusCode.Unknown, status.StatusCode);
        Assert.DoesNotContain("secret", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MoveNext_MessageAboveClientsLimit_GivesResourceExhausted()
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);
        using var channel = server.Connect(new() { MaxReceiveMessageBytes = 1000 });
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        await call.RequestStream.WriteAsync(KestrelServer.Message(new byte[1001])).WaitAsync(KestrelServer.Limit);

        Assert.Equal(StatusCode.ResourceExhausted, (await call.FailureAsync()).StatusCode);
    }

    [Fact]
    public async Task WriteAsync_MessageAboveServersLimit_GivesResourceExhausted()
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync, maxReceiveMessageBytes: 1000);
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        await call.RequestStream.WriteAsync(KestrelServer.Message(new byte[1001])).WaitAsync(KestrelServer.Limit);

        Assert.Equal(StatusCode.ResourceExhausted, (await call.FailureAsync()).StatusCode);
    }

    [Fact]
    public async Task DuplexStreaming_UnknownMethod_GivesUnimplemented()
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method with { Name = "Other" });

        Assert.Equal(StatusCode.Unimplemented, (await call.FailureAsync()).StatusCode);
    }

    [Fact]
    public async Task Streams_UsedAfterTheirEnd_Refuse()
    {
        await using var server = await KestrelServer.ServeAsync(KestrelServer.EchoAsync);
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.ResponseStream.Current);

        await call.EndAsync();

        Assert.False(await call.ResponseStream.MoveNext(default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(KestrelServer.Message()));
        await call.RequestStream.CompleteAsync();
    }
}
