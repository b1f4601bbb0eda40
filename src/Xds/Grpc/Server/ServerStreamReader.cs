using Google.Protobuf;

namespace Zoneway.Xds.Grpc;

/// <summary>Reads what the client of a call sends.</summary>
internal sealed class ServerStreamReader<T>(MessageReader<T> messages, ServerCallContext context) : IAsyncStreamReader<T>
    where T : class, IMessage<T>
{
    private T? _current;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There is no current message.</exception>
    public T Current => _current ?? throw new InvalidOperationException("There is no current message.");

    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">The token, or that of the call, was cancelled.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, cancellationToken);
        _current = null;
        try
        {
            _current = await messages.ReadAsync(either.Token);
        }
        catch (IOException e)
        {
            throw new RpcException(new(StatusCode.Cancelled, "The client has reset the stream.", e));
        }

        return _current is not null;
    }
}
