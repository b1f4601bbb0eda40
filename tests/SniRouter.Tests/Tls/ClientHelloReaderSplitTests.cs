using Zoneway.SniRouter.Tls;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Tls;

public sealed class ClientHelloReaderSplitTests
{
    public static TheoryData<string> Names => SampleHellos.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_EveryPrefix_NeedsMoreUntilTheEnd(string name)
    {
        byte[] hello = SampleHellos.Bytes(name);

        PrefixStability.Check([.. hello, .. "what follows"u8]);

        Assert.Equal(ClientHelloReadStatus.NeedMore, ReadResult.Of(hello.AsSpan(..^1)).Status);
        Assert.Equal(hello.Length, ReadResult.Of(hello.AsSpan(..^1)).BytesNeeded);
        Assert.Equal(ClientHelloReadStatus.Complete, ReadResult.Of(hello).Status);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_EveryTwoSegments_EqualsTheWhole(string name)
    {
        byte[] hello = SampleHellos.Bytes(name);
        var whole = ReadResult.Of(hello);

        for (int at = 0; at <= hello.Length; at++)
        {
            Assert.Equal(whole, ReadResult.Of(ByteSegments.Of(hello.AsMemory(0, at), hello.AsMemory(at))));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_OneByteASegment_EqualsTheWholeAtEveryPrefix(string name)
    {
        byte[] hello = SampleHellos.Bytes(name);

        for (int length = 0; length <= hello.Length; length += 7)
        {
            var prefix = hello.AsMemory(0, length);
            Assert.Equal(ReadResult.Of(prefix.Span), ReadResult.Of(ByteSegments.Split(prefix, 1)));
        }

        Assert.Equal(ReadResult.Of(hello), ReadResult.Of(ByteSegments.Split(hello, 1)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_EveryTwoRecords_EqualsTheWhole(string name)
    {
        byte[] message = SampleHellos.Message(name);
        var whole = ReadResult.Of(TlsRecords.Record(message));

        for (int at = 0; at < message.Length; at++)
        {
            byte[] records = [.. TlsRecords.Record(message.AsSpan(0, at)), .. TlsRecords.Record(message.AsSpan(at))];
            Assert.Equal(whole with { WireLength = records.Length }, ReadResult.Of(records));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_OneByteARecord_EqualsTheWhole(string name)
    {
        byte[] message = SampleHellos.Message(name);
        byte[] records = TlsRecords.Split(message, 1);
        var expected = ReadResult.Of(TlsRecords.Record(message)) with { WireLength = records.Length };

        Assert.Equal(expected, ReadResult.Of(records));
        Assert.Equal(expected, ReadResult.Of(ByteSegments.Split(records, 1)));
        PrefixStability.Check(records.AsSpan(0, Math.Min(records.Length, 3000)));
    }

    [Fact]
    public void Read_EmptySequence_NeedsOneByte()
    {
        Assert.Equal(ReadResult.Of([]), ReadResult.Of(ByteSegments.Of()));
        Assert.Equal(ReadResult.Of([]), ReadResult.Of(ByteSegments.Of(Array.Empty<byte>(), Array.Empty<byte>())));
        Assert.Equal(1, ReadResult.Of([]).BytesNeeded);
    }
}
