using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Ads;

/// <summary>A stream that is a gRPC call with a channel of its own.</summary>
internal sealed class GrpcAdsStream<TRequest, TResponse>(GrpcChannel channel, AsyncDuplexStreamingCall<TRequest, TResponse> call)
    : IAdsStream<TRequest, TResponse>
    where TResponse : class
{
    /// <inheritdoc/>
    public Task WriteAsync(TRequest request, CancellationToken cancellationToken) => call.RequestStream.WriteAsync(request, cancellationToken);

    /// <inheritdoc/>
    public async Task<TResponse?> ReadAsync(CancellationToken cancellationToken) =>
        await call.ResponseStream.MoveNext(cancellationToken) ? await OffTheSocketAsync(call.ResponseStream.Current) : null;

    // What follows may take a second for many thousand resources, and sockets may have no other thread to go on with.
    private static async ValueTask<TResponse> OffTheSocketAsync(TResponse response)
    {
        await Task.Yield();
        return response;
    }

    /// <inheritdoc/>
    public Task CompleteAsync() => call.RequestStream.CompleteAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        call.Dispose();
        channel.Dispose();
        return ValueTask.CompletedTask;
    }
}
