using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace Zoneway.Egress.Http;

/// <summary>
/// Reads a connection for Kestrel, and ahead of it while a request is being answered: over HTTP/1.1 nothing else would notice that the client has gone. What was read ahead is the next read's result.
/// </summary>
/// <param name="inner">The connection.</param>
/// <param name="ended">Called when nothing more will come.</param>
internal sealed class WatchedReader(PipeReader inner, Action ended) : PipeReader
{
    private Task<ReadResult>? _ahead;
    private Action? _came;

    /// <summary>Calls back when Kestrel gets something to read.</summary>
    public void WhenRead(Action came) => _came = came;

    /// <summary>Begins to read ahead. To be called when Kestrel has the request as a whole, and reads nothing before the answer is there.</summary>
    public void Watch()
    {
        if (_ahead is null)
        {
            _ahead = ReadAheadAsync();
        }
    }

    /// <summary>Ends reading ahead, after which the connection may be given back.</summary>
    public async ValueTask StopAsync()
    {
        if (_ahead is { } ahead)
        {
            inner.CancelPendingRead();
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => _came is null ? NextAsync(cancellationToken) : NotedAsync(cancellationToken);

    private async ValueTask<ReadResult> NotedAsync(CancellationToken cancellationToken)
    {
        var result = await NextAsync(cancellationToken);
        if (!result.Buffer.IsEmpty)
        {
            _came!();
        }

        return result;
    }

    private ValueTask<ReadResult> NextAsync(CancellationToken cancellationToken)
    {
        if (_ahead is not { } ahead)
        {
            var read = inner.ReadAsync(cancellationToken);
            return read.IsCompletedSuccessfully ? read : NoticeResetAsync(read);
        }

        _ahead = null;
        return new ValueTask<ReadResult>(cancellationToken.CanBeCanceled ? ahead.WaitAsync(cancellationToken) : ahead);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_ahead is not { } ahead)
        {
            return inner.TryRead(out result);
        }

        result = default;
        if (!ahead.IsCompletedSuccessfully)
        {
            return false;
        }

        _ahead = null;
        result = ahead.GetAwaiter().GetResult();
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <summary>Does nothing: whoever owns the connection completes it when nothing reads ahead any more.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    // Kestrel has to know before its reader does: it would go on reading the request's body to find where the next request begins.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> NoticeResetAsync(ValueTask<ReadResult> read)
    {
        try
        {
            return await read;
        }
        catch (Exception exception) when (IsReset(exception))
        {
            throw Reset(exception);
        }
    }

    // One method for both: a task that two await takes one of them to another thread.
    private async Task<ReadResult> ReadAheadAsync()
    {
        try
        {
            var result = await inner.ReadAsync();
            if (result.IsCompleted)
            {
                ended();
            }

            return result;
        }
        catch (Exception exception) when (IsReset(exception))
        {
            throw Reset(exception);
        }
    }

    private static bool IsReset(Exception exception) => exception is IOException or ObjectDisposedException;

    private ConnectionResetException Reset(Exception exception)
    {
        ended();
        return new ConnectionResetException(exception.Message, exception);
    }
}
