using FsCheck;
using FsCheck.Fluent;
using Zoneway.SniRouter.Tls;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Tls;

/// <summary>No input throws, is read beyond its end or gets answers that change; views stay inside what was given.</summary>
public sealed class ClientHelloReaderHostileTests
{
    [Theory]
    [InlineData("typical")]
    [InlineData("typical in records of 100 bytes")]
    public void Read_EverySingleByteMutation_StaysWithinBounds(string name)
    {
        byte[] hello = SampleHellos.Bytes(name);

        for (int at = 0; at < hello.Length; at++)
        {
            byte original = hello[at];
            for (int value = 0; value <= byte.MaxValue; value++)
            {
                hello[at] = (byte)value;
                CheckBounds(hello);
            }

            hello[at] = original;
        }
    }

    [Theory]
    [InlineData("typical")]
    [InlineData("typical in records of 100 bytes")]
    public void Read_SingleByteMutation_IsPrefixStable(string name)
    {
        byte[] hello = SampleHellos.Bytes(name);

        for (int at = 0; at < hello.Length; at++)
        {
            byte original = hello[at];
            foreach (byte flipped in (ReadOnlySpan<byte>)[0x01, 0x80, 0xFF])
            {
                hello[at] = (byte)(original ^ flipped);
                PrefixStability.Check(hello);
            }

            hello[at] = original;
        }
    }

    [Fact]
    public void Read_ManyBytesMutated_StaysWithinBounds()
    {
        byte[] hello = SampleHellos.Bytes("post-quantum in records of 700 bytes");
        var changes = Gen.Choose(0, (hello.Length * 256) - 1).ArrayOf().ToArbitrary();

        Prop.ForAll(changes, places =>
        {
            byte[] mutated = [.. hello];
            foreach (int place in places)
            {
                mutated[place / 256] = (byte)place;
            }

            CheckBounds(mutated);
            CheckSegmentsAgree(mutated);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Read_RandomBytes_StaysWithinBounds() =>
        Prop.ForAll<byte[]>(CheckAll).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Read_RandomHandshakeBytes_StaysWithinBounds() =>
        Prop.ForAll<byte[], byte>((content, size) => CheckAll(TlsRecords.Split([0x01, 0x00, 0x00, .. content], size + 1)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Read_RandomExtensionBlock_StaysWithinBounds() =>
        Prop.ForAll<byte[]>(block => CheckAll(new ClientHelloBuilder()
            .WithoutExtensionBlock().WithTrailingBytes([(byte)(block.Length >> 8), (byte)block.Length, .. block]).Build()))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x0010)]
    [InlineData(0x002B)]
    [InlineData(0x0033)]
    [InlineData(0xFE0D)]
    public void Read_RandomExtensionContents_StaysWithinBounds(int type) =>
        Prop.ForAll<byte[]>(list =>
        {
            CheckAll(new ClientHelloBuilder().WithExtension(type, list).Build());
            CheckAll(new ClientHelloBuilder().WithExtension(type, [0, (byte)list.Length, .. list]).Build());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static void CheckAll(byte[] input)
    {
        CheckBounds(input);
        CheckSegmentsAgree(input);
        PrefixStability.Check(input);
    }

    private static void CheckBounds(ReadOnlySpan<byte> input)
    {
        using var reader = new ClientHelloReader();
        if (reader.Read(input) != ClientHelloReadStatus.Complete)
        {
            return;
        }

        var hello = reader.Hello;
        int bytes = hello.ServerName.Length;
        foreach (var name in hello.ApplicationProtocols)
        {
            bytes += name.Length;
        }

        bytes += (hello.SupportedVersions.Count + hello.KeyShareGroups.Count) * sizeof(ushort);
        Assert.InRange(hello.WireLength, 1, input.Length);
        Assert.InRange(bytes, 0, hello.WireLength);
    }

    private static void CheckSegmentsAgree(byte[] input) =>
        Assert.Equal(ReadResult.Of(input), ReadResult.Of(ByteSegments.Split(input, 11)));
}
