using System.Threading.Channels;

namespace Zoneway.Xds.Ads;

/// <summary>
/// The one writer of a stream. Requests queue, so that a session can go on reading while the control plane, busy sending,
/// takes nothing in: with one task for both directions the two could wait for each other for ever.
/// </summary>
internal sealed class RequestWriter<TRequest, TResponse>(IAdsStream<TRequest, TResponse> stream)
    where TResponse : class
{
    // A control plane that lets more than these pile up is waited for: the queue is bounded whatever it sends.
    private const int QueueLength = 64;

    private readonly Channel<TRequest> _queue = Channel.CreateBounded<TRequest>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, SingleWriter = true });

    /// <summary>Puts a request in the queue, in order. Does nothing once the stream is broken: the reading side tells how.</summary>
    public async ValueTask EnqueueAsync(TRequest request, CancellationToken cancellationToken)
    {
        while (!_queue.Writer.TryWrite(request))
        {
            if (!await _queue.Writer.WaitToWriteAsync(cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>No request will follow.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Sends what is queued until <see cref="Complete"/>, then ends the sending direction.</summary>
    /// <exception cref="Grpc.RpcException">The stream is broken.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var request in _queue.Reader.ReadAllAsync(cancellationToken))
            {
                await stream.WriteAsync(request, cancellationToken);
            }

            await stream.CompleteAsync();
        }
        finally
        {
            _queue.Writer.TryComplete();
        }
    }
}
