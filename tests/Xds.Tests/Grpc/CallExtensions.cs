using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

/// <summary>What tests do with a call, each within <see cref="KestrelServer.Limit"/>.</summary>
internal static class CallExtensions
{
    /// <summary>Sends a message and awaits the next.</summary>
    public static async Task EchoOnceAsync(this AsyncDuplexStreamingCall<BytesValue, BytesValue> call, int size = 1)
    {
        await call.RequestStream.WriteAsync(KestrelServer.Message(new byte[size])).WaitAsync(KestrelServer.Limit);
        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));
    }

    /// <summary>Ends the call in good order.</summary>
    public static async Task EndAsync(this AsyncDuplexStreamingCall<BytesValue, BytesValue> call)
    {
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));
        Assert.Equal(Status.DefaultSuccess, call.GetStatus());
    }

    /// <summary>Expects the next read to fail.</summary>
    public static Task<RpcException> FailureAsync(this AsyncDuplexStreamingCall<BytesValue, BytesValue> call) =>
        Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));

    /// <summary>Reads to the end of the call, however it ends.</summary>
    public static async Task<Status> StatusAsync(this AsyncDuplexStreamingCall<BytesValue, BytesValue> call)
    {
        var exception = await Record.ExceptionAsync(async () => await call.ResponseStream.ReadAllAsync().CountAsync().AsTask().WaitAsync(KestrelServer.Limit));
        Assert.True(exception is RpcException or null, exception?.ToString());
        return call.GetStatus();
    }
}
