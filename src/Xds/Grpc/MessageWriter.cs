using System.Buffers;
using Google.Protobuf;

namespace Zoneway.Xds.Grpc;

/// <summary>Puts messages into one direction of a call, in the order of the calls, flushed after each.</summary>
/// <param name="stream">Where to write, once there is a connection.</param>
internal sealed class MessageWriter(Task<Stream> stream)
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Sends one message when those before it are sent. Throws what the stream throws, then and from there on.</summary>
    public Task WriteAsync(IMessage message, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _last = WriteAfterAsync(_last, message, cancellationToken);
            return _last;
        }
    }

    private async Task WriteAfterAsync(Task previous, IMessage message, CancellationToken cancellationToken)
    {
        await previous;
        var output = await stream.WaitAsync(cancellationToken);
        var length = message.CalculateSize();
        var frame = ArrayPool<byte>.Shared.Rent(MessageFrame.HeaderBytes + length);
        try
        {
            MessageFrame.WriteHeader(frame, length);
            message.WriteTo(frame.AsSpan(MessageFrame.HeaderBytes, length));
            await output.WriteAsync(frame.AsMemory(0, MessageFrame.HeaderBytes + length), cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}
