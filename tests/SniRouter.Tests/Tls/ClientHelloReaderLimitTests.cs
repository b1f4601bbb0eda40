using Zoneway.SniRouter.Tls;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Tls;

public sealed class ClientHelloReaderLimitTests
{
    private const int OneRecordMore = 5;

    [Theory]
    [InlineData(16_384)]
    [InlineData(100)]
    [InlineData(1)]
    public void Read_HelloAsLongAsTheLimit_IsComplete(int recordSize)
    {
        byte[] hello = ClientHelloBuilder.Typical("host").WithRecordSize(recordSize).Build();
        byte[] more = [.. hello, 1, 2, 3];

        Assert.Equal(ClientHelloReadStatus.Complete, ReadResult.Of(hello, hello.Length).Status);
        Assert.Equal(ClientHelloReadStatus.TooLarge, ReadResult.Of(hello, hello.Length - 1).Status);
        Assert.Equal(ClientHelloReadStatus.Complete, ReadResult.Of(ByteSegments.Split(more, 3), hello.Length).Status);
        Assert.Equal(ClientHelloReadStatus.TooLarge, ReadResult.Of(ByteSegments.Split(more, 3), hello.Length - 1).Status);
        PrefixStability.Check(hello, hello.Length - 1);
    }

    [Fact]
    public void Read_RecordLongerThanTheLimit_IsTooLargeFromItsHeader()
    {
        byte[] header = [0x16, 0x03, 0x01, 0x00, 0x60];

        Assert.Equal(ClientHelloReadStatus.TooLarge, ReadResult.Of(header, maxBytes: 0x60 + 4).Status);
        Assert.Equal(ClientHelloReadStatus.NeedMore, ReadResult.Of(header, maxBytes: 0x60 + 5).Status);
    }

    [Fact]
    public void Read_MessageThatTakesMoreRecordsThanTheLimit_IsTooLargeFromItsHeader()
    {
        const int RecordContent = 0x60;
        const int MessageLength = 4 + 0x100;
        byte[] headers = [0x16, 0x03, 0x01, 0x00, RecordContent, 0x01, 0x00, 0x01, 0x00];
        const int LeastWireLength = 5 + MessageLength + OneRecordMore;

        Assert.Equal(ClientHelloReadStatus.TooLarge, ReadResult.Of(headers, LeastWireLength - 1).Status);
        Assert.Equal(ClientHelloReadStatus.NeedMore, ReadResult.Of(headers, LeastWireLength).Status);
    }

    [Fact]
    public void Read_HelloClaimingSixteenMebibytes_IsTooLargeAndRentsNothing()
    {
        byte[] claim = TlsRecords.Record([0x01, 0xFF, 0xFF, 0xFF, .. new byte[200]]);
        var segments = ByteSegments.Split(claim, 50);
        using var reader = new ClientHelloReader();
        reader.Read(segments);

        long before = GC.GetAllocatedBytesForCurrentThread();
        var status = reader.Read(segments);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(ClientHelloReadStatus.TooLarge, status);
    }

    [Fact]
    public void Read_EndlessEmptyRecords_EndAtTheLimit()
    {
        byte[] endless = [.. Enumerable.Repeat(TlsRecords.Record([]), 4000).SelectMany(record => record)];

        Assert.Equal(ClientHelloReadStatus.TooLarge, ReadResult.Of(endless).Status);
        Assert.Equal(ClientHelloReadStatus.TooLarge, ReadResult.Of(ByteSegments.Split(endless, 1000)).Status);
        PrefixStability.Check(endless.AsSpan(0, 1200), maxBytes: 1000);
    }

    [Fact]
    public void Read_ReaderMadeWithoutConstructor_HasTheDefaultLimit()
    {
        using var reader = default(ClientHelloReader);

        Assert.Equal(ClientHelloReadStatus.Complete, reader.Read(ClientHelloBuilder.PostQuantum("host").Build()));
        Assert.Equal(ClientHelloReadStatus.TooLarge, reader.Read([0x16, 0x03, 0x01, 0x40, 0x00]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData((1 << 24) + 1)]
    public void Constructor_LimitOutOfRange_Throws(int maxBytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClientHelloReader(maxBytes).BytesNeeded);
}
