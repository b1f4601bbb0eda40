using Google.Protobuf;

namespace Zoneway.Xds.Grpc;

/// <summary>Sends the requests of a call.</summary>
internal sealed class RequestStreamWriter<T>(RequestContent content, CallLifetime lifetime) : IClientStreamWriter<T>
    where T : IMessage<T>
{
    private readonly MessageWriter _messages = new(content.Stream);
    private volatile bool _isCompleted;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The stream was completed before.</exception>
    public async Task WriteAsync(T message, CancellationToken cancellationToken = default)
    {
        if (_isCompleted)
        {
            throw new InvalidOperationException("The request stream is completed.");
        }

        using var registration = lifetime.AbortOn(cancellationToken);
        ThrowIfEnded();
        try
        {
            await _messages.WriteAsync(message, lifetime.Token);
        }
        catch (Exception e)
        {
            ThrowIfEnded();

            // The status proper, if the server sent one, comes with the response; here only the stream is known to be closed.
            throw new RpcException(new(StatusCode.Unavailable, RequestContent.ServerDoesNotRead, e));
        }
    }

    /// <inheritdoc/>
    public Task CompleteAsync()
    {
        _isCompleted = true;
        content.Complete();
        return Task.CompletedTask;
    }

    private void ThrowIfEnded()
    {
        if (lifetime.Ended is not { } ended)
        {
            return;
        }

        throw ended.Status.StatusCode == StatusCode.OK
            ? new RpcException(new(StatusCode.Unavailable, "The server has ended the call."))
            : new RpcException(ended.Status, ended.Trailers);
    }
}
