using System.Text;
using Zoneway.SniRouter.Tls;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Tls;

public sealed class ClientHelloReaderTests
{
    [Fact]
    public void Read_TypicalHello_TellsWhatItOffers()
    {
        byte[] bytes = ClientHelloBuilder.Typical("www.example.org").Build();

        var result = ReadResult.Of(bytes);

        Assert.Equal(ClientHelloReadStatus.Complete, result.Status);
        Assert.True(result.HasServerName);
        Assert.Equal("www.example.org", result.ServerName);
        Assert.Equal(Names("h2", "http/1.1"), result.ApplicationProtocols);
        Assert.Equal($"{0x5A5A},{0x0304},{0x0303}", result.SupportedVersions);
        Assert.Equal($"{ClientHelloBuilder.X25519}", result.KeyShareGroups);
        Assert.Equal(0x0303, result.LegacyVersion);
        Assert.False(result.OffersEncryptedClientHello);
        Assert.Equal(bytes.Length, result.WireLength);
        Assert.Equal(0, result.BytesNeeded);
    }

    [Fact]
    public void Read_PostQuantumHello_TellsGroupsAndEncryptedClientHello()
    {
        byte[] bytes = ClientHelloBuilder.PostQuantum("www.example.org").Build();

        var result = ReadResult.Of(bytes);

        Assert.InRange(bytes.Length, 1700, 1900);
        Assert.Equal($"{0x4A4A},4588,29", result.KeyShareGroups);
        Assert.True(result.OffersEncryptedClientHello);
        Assert.Equal("www.example.org", result.ServerName);
    }

    [Fact]
    public void Read_HelloWithoutExtensionBlock_IsCompleteAndEmpty()
    {
        var result = ReadResult.Of(new ClientHelloBuilder().WithLegacyVersion(0x0301).WithoutExtensionBlock().Build());

        Assert.Equal(ClientHelloReadStatus.Complete, result.Status);
        Assert.False(result.HasServerName);
        Assert.Equal("", result.ServerName + result.ApplicationProtocols + result.SupportedVersions + result.KeyShareGroups);
        Assert.Equal(0x0301, result.LegacyVersion);
    }

    [Theory]
    [InlineData("backend{mesh=default,version=v1}")]
    [InlineData("UPPER.example.org.")]
    [InlineData("192.0.2.1")]
    [InlineData("a\0b")]
    [InlineData("\u00ff/_ ")]
    public void Read_AnyBytesAsServerName_GivesThemAsSent(string name)
    {
        var result = ReadResult.Of(new ClientHelloBuilder().WithServerName(Encoding.Latin1.GetBytes(name)).Build());

        Assert.Equal(name, result.ServerName);
    }

    [Fact]
    public void Read_LongServerName_GivesAllOfIt()
    {
        string name = new('n', 10_000);

        Assert.Equal(name, ReadResult.Of(new ClientHelloBuilder().WithServerName(name).Build()).ServerName);
    }

    [Fact]
    public void Read_NamesOfOtherTypes_TakesHostNameAmongThem()
    {
        byte[] bytes = new ClientHelloBuilder().WithServerNames((7, [1, 2]), (0, "host"u8.ToArray()), (9, [])).Build();

        Assert.Equal("host", ReadResult.Of(bytes).ServerName);
    }

    [Fact]
    public void Read_NamesOfOtherTypesOnly_HasNoServerName()
    {
        var result = ReadResult.Of(new ClientHelloBuilder().WithServerNames((7, [1, 2])).Build());

        Assert.Equal(ClientHelloReadStatus.Complete, result.Status);
        Assert.False(result.HasServerName);
    }

    [Fact]
    public void Read_GreaseAndUnknownExtensions_AreSkipped()
    {
        byte[] bytes = new ClientHelloBuilder()
            .WithExtension(0x0A0A).WithExtension(0x0A0A).WithExtension(0xFFFF, new byte[300])
            .WithServerName("host").WithExtension(0xFAFA, 0).Build();

        Assert.Equal("host", ReadResult.Of(bytes).ServerName);
    }

    [Fact]
    public void Read_BytesAfterTheHello_AreLeftAlone()
    {
        byte[] hello = ClientHelloBuilder.Typical("host").Build();

        Assert.Equal(ReadResult.Of(hello), ReadResult.Of([.. hello, .. TlsRecords.Record([1], type: 0x14), 0xFF]));
    }

    [Fact]
    public void Read_FurtherMessageInTheSameRecord_BelongsToTheWireLength()
    {
        byte[] bytes = TlsRecords.Record([.. new ClientHelloBuilder().WithServerName("host").BuildMessage(), 0x0B, 0, 0, 0]);

        var result = ReadResult.Of(bytes);

        Assert.Equal("host", result.ServerName);
        Assert.Equal(bytes.Length, result.WireLength);
    }

    [Fact]
    public void Read_EmptyRecordsBetween_AreTolerated()
    {
        byte[] message = new ClientHelloBuilder().WithServerName("host").BuildMessage();
        byte[] empty = TlsRecords.Record([]);

        byte[] before = [.. empty, .. empty, .. TlsRecords.Record(message)];
        byte[] between = [.. empty, .. TlsRecords.Record(message.AsSpan(0, 2)), .. empty, .. TlsRecords.Record(message.AsSpan(2))];

        Assert.Equal("host", ReadResult.Of(before).ServerName);
        Assert.Equal("host", ReadResult.Of(between).ServerName);
    }

    [Fact]
    public void Read_WholeHelloInOneRecord_IsReadWhereItLies()
    {
        byte[] bytes = [.. TlsRecords.Record([]), .. ClientHelloBuilder.Typical("host").Build()];
        using var reader = new ClientHelloReader();

        reader.Read(ByteSegments.Of(bytes, "what follows"u8.ToArray()));

        Assert.True(reader.Hello.ServerName.Overlaps(bytes));
    }

    [Theory]
    [InlineData(new byte[] { }, 1)]
    [InlineData(new byte[] { 0x16 }, 2)]
    [InlineData(new byte[] { 0x16, 3 }, 5)]
    [InlineData(new byte[] { 0x16, 3, 1, 0, 50 }, 9)]
    [InlineData(new byte[] { 0x16, 3, 1, 0, 50, 1, 0, 0, 46 }, 55)]
    [InlineData(new byte[] { 0x16, 3, 1, 0, 50, 1, 0, 0, 47 }, 60)]
    [InlineData(new byte[] { 0x16, 3, 1, 0, 2 }, 12)]
    [InlineData(new byte[] { 0x16, 3, 1, 0, 2, 1, 0, 0x16, 3, 1, 0, 50 }, 14)]
    public void Read_PartOfHello_SaysWhenToReadAgain(byte[] input, int bytesNeeded)
    {
        var result = ReadResult.Of(input);

        Assert.Equal((ClientHelloReadStatus.NeedMore, bytesNeeded), (result.Status, result.BytesNeeded));
    }

    [Fact]
    public void Read_SecondCall_ForgetsTheFirst()
    {
        byte[] first = ClientHelloBuilder.PostQuantum("first").WithRecordSize(500).Build();
        byte[] second = new ClientHelloBuilder().WithAlpn("h2").Build();
        using var reader = new ClientHelloReader();

        Assert.Equal(ClientHelloReadStatus.Complete, reader.Read(first));
        Assert.Equal(ClientHelloReadStatus.Complete, reader.Read(second));
        Assert.False(reader.Hello.HasServerName);
        Assert.Equal(ClientHelloReadStatus.NeedMore, reader.Read(first.AsSpan(0, 20)));
        Assert.True(reader.Hello.ApplicationProtocols.IsEmpty);
    }

    [Fact]
    public void Dispose_Twice_ReturnsTheBufferOnce()
    {
        var reader = new ClientHelloReader();
        reader.Read(ClientHelloBuilder.Typical("host").WithRecordSize(50).Build());

        reader.Dispose();
        reader.Dispose();

        Assert.True(reader.Hello.ServerName.IsEmpty);
    }

    private static string Names(params string[] names) =>
        string.Join(',', names.Select(name => Convert.ToHexString(Encoding.ASCII.GetBytes(name))));
}
