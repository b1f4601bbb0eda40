using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

public sealed class MessageFrameTests
{
    [Fact]
    public void Read_EveryPrefix_NeedsMoreDataUntilTheLastByte()
    {
        byte[] frame = [0, 0, 0, 0, 3, 1, 2, 3];

        for (var length = 0; length < frame.Length; length++)
        {
            Assert.Equal(MessageFrameStatus.NeedMoreData, MessageFrame.Read(new(frame, 0, length), int.MaxValue, out _));
        }

        Assert.Equal(MessageFrameStatus.Complete, MessageFrame.Read(new(frame), int.MaxValue, out var message));
        Assert.Equal([1, 2, 3], message.ToArray());
    }

    [Fact]
    public void Read_EmptyMessageAndNextFrame_TakesOnlyTheFirst()
    {
        var status = MessageFrame.Read(new([0, 0, 0, 0, 0, 0, 0]), 0, out var message);

        Assert.Equal(MessageFrameStatus.Complete, status);
        Assert.True(message.IsEmpty);
    }

    [Theory]
    [InlineData(1, MessageFrameStatus.Compressed)]
    [InlineData(2, MessageFrameStatus.Malformed)]
    [InlineData(255, MessageFrameStatus.Malformed)]
    internal void Read_FlagAlone_IsJudgedAtOnce(byte flag, MessageFrameStatus expected) =>
        Assert.Equal(expected, MessageFrame.Read(new([flag]), int.MaxValue, out _));

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 11 }, 10)]
    [InlineData(new byte[] { 0, 0x7F, 0xFF, 0xFF, 0xFF }, 1 << 20)]
    [InlineData(new byte[] { 0, 0x80, 0, 0, 0 }, int.MaxValue)]
    [InlineData(new byte[] { 0, 0xFF, 0xFF, 0xFF, 0xFF }, int.MaxValue)]
    public void Read_LengthAboveLimit_IsTooLargeBeforeTheMessageArrives(byte[] header, int limit) =>
        Assert.Equal(MessageFrameStatus.TooLarge, MessageFrame.Read(new(header), limit, out _));

    [Fact]
    public void Read_RandomBytes_NeverThrowsAndNeverExceedsTheBuffer() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var status = MessageFrame.Read(new(bytes), int.MaxValue, out var message);
            return status != MessageFrameStatus.Complete || message.Length <= bytes.Length - MessageFrame.HeaderBytes;
        }).QuickCheckThrowOnFailure();
}
