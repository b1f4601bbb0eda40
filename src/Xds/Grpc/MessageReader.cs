using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Zoneway.Xds.Grpc;

/// <summary>Takes messages out of the bytes of one direction of a call.</summary>
/// <remarks>
/// Bytes are held in the pipe's segments as they arrive and parsed where they are, so an announced length costs nothing:
/// memory grows with what the peer really sends, up to the limit.
/// </remarks>
internal sealed class MessageReader<T>(PipeReader input, MessageParser<T> parser, int maxMessageBytes)
    where T : class, IMessage<T>
{
    /// <summary>The next message, or null at the end of the stream.</summary>
    /// <exception cref="RpcException">The peer broke the framing, or the message is too large, compressed or not parsable.</exception>
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var status = MessageFrame.Read(buffer, maxMessageBytes, out var payload);
            switch (status)
            {
                case MessageFrameStatus.Complete:
                    var message = Parse(payload);
                    input.AdvanceTo(payload.End);
                    return message;
                case MessageFrameStatus.NeedMoreData when !result.IsCompleted:
                    input.AdvanceTo(buffer.Start, buffer.End);
                    break;
                case MessageFrameStatus.NeedMoreData when buffer.IsEmpty:
                    return null;
                default:
                    throw new RpcException(Failure(status));
            }
        }
    }

    private T Parse(in ReadOnlySequence<byte> payload)
    {
        try
        {
            return parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(new(StatusCode.Internal, "The message received cannot be parsed.", e));
        }
    }

    private Status Failure(MessageFrameStatus status) => status switch
    {
        MessageFrameStatus.Compressed => new(StatusCode.Unimplemented, "Compressed messages are not supported."),
        MessageFrameStatus.TooLarge => new(StatusCode.ResourceExhausted, $"The message received is larger than {maxMessageBytes} bytes."),
        MessageFrameStatus.NeedMoreData => new(StatusCode.Internal, "The stream ended inside a message."),
        _ => new(StatusCode.Internal, "The message received has an invalid frame."),
    };
}
