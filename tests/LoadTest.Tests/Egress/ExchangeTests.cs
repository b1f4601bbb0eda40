using Zoneway.LoadTest.Egress.Backend;
using Zoneway.LoadTest.Egress.Load;

namespace Zoneway.LoadTest.Tests.Egress;

public sealed class ExchangeTests
{
    private static readonly byte[] Settings = Http2Frame.Write(Http2FrameType.Settings, 0, 0, []);
    private static readonly byte[] Ok = Http2Frame.Write(Http2FrameType.Headers, Http2Frame.EndHeaders, 1, [0x20, 0x88]);

    [Fact]
    public async Task Http1_AnswerInPieces_IsTaken()
    {
        var stream = new ScriptedStream(BenchAnswer.Whole[..10], BenchAnswer.Whole[10..500], BenchAnswer.Whole[500..]);

        await new Http1Exchange().ExchangeAsync(stream, CancellationToken.None);

        Assert.True(stream.Written.ToArray().AsSpan().StartsWith("GET / HTTP/1.1\r\nHost: bench.test\r\n"u8));
    }

    [Fact]
    public async Task Http1_OtherBody_IsWrong()
    {
        byte[] answer = [.. BenchAnswer.Whole[..^1], (byte)'!'];

        await Assert.ThrowsAsync<WrongAnswerException>(() => new Http1Exchange().ExchangeAsync(new ScriptedStream(answer), CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task Http1_EndBeforeTheAnswer_IsAFailure() =>
        await Assert.ThrowsAsync<IOException>(() => new Http1Exchange().ExchangeAsync(new ScriptedStream(BenchAnswer.Whole[..^1]), CancellationToken.None).AsTask());

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task Http2_AnswerInPieces_IsTakenAndSettingsAreAcknowledged(int pieceBytes)
    {
        var stream = new ScriptedStream([.. Whole(BenchAnswer.Body).Chunk(pieceBytes)]);

        await new Http2Exchange().ExchangeAsync(stream, CancellationToken.None);

        Assert.True(stream.Written.ToArray().AsSpan().EndsWith(Http2Frame.Write(Http2FrameType.Settings, Http2Frame.Acknowledged, 0, [])));
    }

    [Fact]
    public async Task Http2_SecondRequest_IsOnTheNextStream()
    {
        byte[] second = [.. Http2Frame.Write(Http2FrameType.Headers, Http2Frame.EndHeaders, 3, [0x88]), .. Data(3, BenchAnswer.Body)];
        var (exchange, stream) = (new Http2Exchange(), new ScriptedStream(Whole(BenchAnswer.Body), second));

        await exchange.ExchangeAsync(stream, CancellationToken.None);
        await exchange.ExchangeAsync(stream, CancellationToken.None);
    }

    [Fact]
    public async Task Http2_ShortBody_IsWrong() => await AssertWrongAsync(Whole(BenchAnswer.Body[..^1]));

    [Fact]
    public async Task Http2_LongBody_IsWrong() => await AssertWrongAsync(Whole([.. BenchAnswer.Body, 0]));

    [Fact]
    public async Task Http2_OtherStatus_IsWrong() => await AssertWrongAsync(Http2Frame.Write(Http2FrameType.Headers, Http2Frame.EndHeaders, 1, [0x8d]));

    [Fact]
    public async Task Http2_Reset_IsAFailure() =>
        await Assert.ThrowsAsync<IOException>(() => RunHttp2Async(Http2Frame.Write(Http2FrameType.ResetStream, 0, 1, new byte[4])));

    [Theory]
    [InlineData(64)]
    [InlineData(10_000)]
    public async Task Echo_SameBytes_AreRightAndOthersWrong(int messageBytes)
    {
        byte[] message = [.. Enumerable.Range(0, messageBytes).Select(i => (byte)(i * 31))];
        await new EchoExchange(messageBytes).ExchangeAsync(new ScriptedStream(message[..9], message[9..]), CancellationToken.None);

        message[^1]++;

        await Assert.ThrowsAsync<WrongAnswerException>(() => new EchoExchange(messageBytes).ExchangeAsync(new ScriptedStream(message), CancellationToken.None).AsTask());
    }

    private static async Task AssertWrongAsync(byte[] answer) => await Assert.ThrowsAsync<WrongAnswerException>(() => RunHttp2Async(answer));

    private static Task RunHttp2Async(byte[] answer) => new Http2Exchange().ExchangeAsync(new ScriptedStream(answer), CancellationToken.None).AsTask();

    private static byte[] Whole(byte[] body) => [.. Settings, .. Ok, .. Data(1, body)];

    private static byte[] Data(int stream, byte[] body) => Http2Frame.Write(Http2FrameType.Data, Http2Frame.EndStream, stream, body);
}
