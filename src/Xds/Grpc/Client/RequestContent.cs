using System.Net;

namespace Zoneway.Xds.Grpc;

/// <summary>The body of a call's request: open until completed, written to from outside.</summary>
internal sealed class RequestContent : HttpContent
{
    /// <summary>What writers are told who come too late.</summary>
    public const string ServerDoesNotRead = "The server no longer reads; the response stream has the status of the call.";

    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where the body is written to; available once a connection is there, faulted when none will be.</summary>
    public Task<Stream> Stream => _stream.Task;

    /// <summary>Ends the body in good order. Harmless when repeated.</summary>
    public void Complete() => _completed.TrySetResult();

    /// <summary>Breaks the body off, with a reset where it was open, and ends the wait of those who would write to it.</summary>
    public void Abort(Status status)
    {
        _completed.TrySetCanceled();
        FailWriting(status);
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            // SocketsHttpHandler holds the request's HEADERS back until the body's first write or flush; a server may wait for them.
            await stream.FlushAsync(cancellationToken);
        }
        catch (Exception e)
        {
            // The server was faster: it has answered or reset already. Thrown, this would hide what it said.
            FailWriting(new(StatusCode.Unavailable, ServerDoesNotRead, e));
            await _completed.Task;
            throw;
        }

        if (!_stream.TrySetResult(stream))
        {
            // A second attempt on another connection: messages may have gone into the first.
            throw new RpcException(new(StatusCode.Unavailable, "The server refused the stream."));
        }

        // Not watching the token: it is cancelled when the stream breaks, and an exception from here would hide the one that says why.
        await _completed.Task;
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }

    private void FailWriting(Status status)
    {
        if (_stream.TrySetException(new RpcException(status)))
        {
            _ = _stream.Task.Exception; // observed: perhaps nobody wants to write
        }
    }
}
