using System.IO.Pipelines;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

public sealed class MessageReaderTests
{
    private readonly Pipe _pipe = new();

    [Fact]
    public async Task ReadAsync_FrameByteByByte_GivesTheMessage()
    {
        var message = KestrelServer.Message(1, 2, 3);
        var reader = Reader(int.MaxValue);
        var reading = reader.ReadAsync(default).AsTask();

        foreach (var value in FrameOf(message))
        {
            Assert.False(reading.IsCompleted);
            await _pipe.Writer.WriteAsync(new[] { value });
        }

        Assert.Equal(message, await reading.WaitAsync(KestrelServer.Limit));
    }

    [Fact]
    public async Task ReadAsync_StreamEndsBetweenMessages_GivesNull()
    {
        await _pipe.Writer.WriteAsync(FrameOf(KestrelServer.Message()));
        await _pipe.Writer.CompleteAsync();
        var reader = Reader(int.MaxValue);

        Assert.NotNull(await reader.ReadAsync(default));
        Assert.Null(await reader.ReadAsync(default));
    }

    [Theory]
    [InlineData(new byte[] { 0 }, StatusCode.Internal)] // ends in the header
    [InlineData(new byte[] { 0, 0, 0, 0, 5, 1, 2 }, StatusCode.Internal)] // ends in the message
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, StatusCode.Unimplemented)] // compressed
    [InlineData(new byte[] { 9, 0, 0, 0, 0 }, StatusCode.Internal)] // no such flag
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0x0A, 0x7F }, StatusCode.Internal)] // no protobuf
    [InlineData(new byte[] { 0, 0, 1, 0, 1 }, StatusCode.ResourceExhausted)] // above the limit
    internal async Task ReadAsync_BrokenStream_ThrowsWithStatus(byte[] bytes, StatusCode expected)
    {
        await _pipe.Writer.WriteAsync(bytes);
        await _pipe.Writer.CompleteAsync();

        var exception = await Assert.ThrowsAsync<RpcException>(async () => await Reader(0x10000).ReadAsync(default));

        Assert.Equal(expected, exception.StatusCode);
    }

    [Fact]
    public async Task ReadAsync_TwoGigabytesAnnounced_AllocatesNothingForThem()
    {
        var reader = Reader(int.MaxValue);
        await _pipe.Writer.WriteAsync(new byte[] { 0, 0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3 });

        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = reader.ReadAsync(default);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.False(reading.IsCompleted);
        Assert.InRange(allocated, 0, 64 * 1024);
    }

    [Fact]
    public async Task ReadAsync_NestingAboveTheParsersLimit_ThrowsWithStatus()
    {
        var message = new Value();
        var innermost = message;
        for (var depth = 0; depth < 120; depth++)
        {
            innermost.ListValue = new ListValue { Values = { new Value() } };
            innermost = innermost.ListValue.Values[0];
        }

        await _pipe.Writer.WriteAsync(FrameOf(message));
        var reader = new MessageReader<Value>(_pipe.Reader, Value.Parser, int.MaxValue);

        Assert.Equal(StatusCode.Internal, (await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync(default))).StatusCode);
    }

    private MessageReader<BytesValue> Reader(int limit) => new(_pipe.Reader, BytesValue.Parser, limit);

    private static byte[] FrameOf(IMessage message)
    {
        var frame = new byte[MessageFrame.HeaderBytes + message.CalculateSize()];
        MessageFrame.WriteHeader(frame, message.CalculateSize());
        message.WriteTo(frame.AsSpan(MessageFrame.HeaderBytes));
        return frame;
    }
}
