using System.IO.Pipelines;
using Google.Protobuf;

namespace Zoneway.Xds.Grpc;

/// <summary>Reads the responses of a call, and at their end its status.</summary>
internal sealed class ResponseStreamReader<T>(HttpExchange exchange, MessageParser<T> parser, int maxMessageBytes, CallLifetime lifetime)
    : IAsyncStreamReader<T>
    where T : class, IMessage<T>
{
    // Zero-byte reads: an idle stream holds no buffer.
    private static readonly StreamPipeReaderOptions PipeOptions = new(bufferSize: 16 * 1024, useZeroByteReads: true);

    private MessageReader<T>? _messages;
    private T? _current;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There is no current message.</exception>
    public T Current => _current ?? throw new InvalidOperationException("There is no current message.");

    /// <inheritdoc/>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var registration = lifetime.AbortOn(cancellationToken);
        _current = null;
        if (lifetime.Ended is null)
        {
            _current = await ReadAsync();
        }

        if (_current is not null)
        {
            return true;
        }

        var ended = lifetime.Settle(Status.DefaultCancelled);
        lifetime.Release();
        return ended.Status.StatusCode == StatusCode.OK ? false : throw new RpcException(ended.Status, ended.Trailers);
    }

    // The next message, or null when the call is over and its lifetime settled.
    private async Task<T?> ReadAsync()
    {
        try
        {
            if (await exchange.Response.WaitAsync(lifetime.Token) is not { } response)
            {
                return null;
            }

            if (_messages is null)
            {
                if (ResponseStatus.FromHeaders(response) is { } status)
                {
                    lifetime.Settle(status, ResponseStatus.MetadataOf(response.Headers));
                    return null;
                }

                _messages = new(PipeReader.Create(await response.Content.ReadAsStreamAsync(lifetime.Token), PipeOptions), parser, maxMessageBytes);
            }

            var message = await _messages.ReadAsync(lifetime.Token);
            if (message is null)
            {
                lifetime.Settle(ResponseStatus.FromTrailers(response), ResponseStatus.MetadataOf(response.TrailingHeaders));
            }

            return message;
        }
        catch (Exception e)
        {
            lifetime.Settle(TransportErrors.StatusOf(e));
            return null;
        }
    }
}
