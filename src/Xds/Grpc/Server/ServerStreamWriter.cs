using Google.Protobuf;

namespace Zoneway.Xds.Grpc;

/// <summary>Sends the responses of a call.</summary>
internal sealed class ServerStreamWriter<T>(MessageWriter messages, ServerCallContext context) : IServerStreamWriter<T>
    where T : IMessage<T>
{
    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">The token, or that of the call, was cancelled.</exception>
    public async Task WriteAsync(T message, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, cancellationToken);

        // Kestrel takes writes to a stream that was reset and drops them.
        either.Token.ThrowIfCancellationRequested();
        await messages.WriteAsync(message, either.Token);
    }
}
