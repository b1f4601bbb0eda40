using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Zoneway.Egress.Http;

/// <summary>Writes a connection for Kestrel. A client that has gone is an end, as with Kestrel's own transport, and no fault that is logged.</summary>
/// <param name="inner">The connection.</param>
/// <param name="ended">Called when nothing can be written any more.</param>
internal sealed class WatchedWriter(PipeWriter inner, Action ended) : PipeWriter
{
    private static readonly FlushResult Ended = new(isCanceled: false, isCompleted: true);

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var flush = inner.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? flush : NoticeEndAsync(flush);
    }

    /// <summary>Does nothing: whoever owns the connection completes it.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> NoticeEndAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            return await flush;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            ended();
            return Ended;
        }
    }
}
