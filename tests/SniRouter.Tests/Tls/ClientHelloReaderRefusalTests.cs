using Zoneway.SniRouter.Tls;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Tls;

public sealed class ClientHelloReaderRefusalTests
{
    public static TheoryData<string, byte[]> NotTls => new()
    {
        { "HTTP", "GET / HTTP/1.1\r\n"u8.ToArray() },
        { "one byte", [0x47] },
        { "SSL 2 hello", [0x80, 0x2E, 0x01, 0x03, 0x01] },
        { "alert record", TlsRecords.Record([1, 0], type: 0x15) },
        { "major version 2", TlsRecords.Record([1], version: 0x0200) },
        { "two bytes", [0x16, 0x04] },
    };

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "record longer than TLS allows", [0x16, 0x03, 0x01, 0x48, 0x01] },
        { "server hello", TlsRecords.Record([0x02, 0, 0, 38]) },
        { "alert inside the hello", [.. FirstHalf(), .. TlsRecords.Record([1, 0], type: 0x15)] },
        { "major version changes inside the hello", [.. FirstHalf(), .. TlsRecords.Record([1], version: 0x0401)] },
        { "empty message", TlsRecords.Record([0x01, 0, 0, 0]) },
        { "message ends in the random", TlsRecords.Record([0x01, 0, 0, 10, .. new byte[10]]) },
        { "bytes after the extensions", new ClientHelloBuilder().WithServerName("a").WithTrailingBytes(0).Build() },
        { "half an extension block length", new ClientHelloBuilder().WithoutExtensionBlock().WithTrailingBytes(0).Build() },
        { "extension block too long", new ClientHelloBuilder().WithoutExtensionBlock().WithTrailingBytes(0, 1).Build() },
        { "extension header cut", new ClientHelloBuilder().WithoutExtensionBlock().WithTrailingBytes(0, 3, 0, 0, 0).Build() },
        { "extension too long", new ClientHelloBuilder().WithoutExtensionBlock().WithTrailingBytes(0, 4, 0x33, 0x33, 0, 1).Build() },
        { "two server_name extensions", new ClientHelloBuilder().WithServerName("a").WithServerName("b").Build() },
        { "two ALPN extensions", new ClientHelloBuilder().WithAlpn("a").WithAlpn("b").Build() },
        { "two supported_versions extensions", new ClientHelloBuilder().WithSupportedVersions(0x0304).WithSupportedVersions().Build() },
        { "two key_share extensions", new ClientHelloBuilder().WithKeyShare(29, 32).WithExtension(0x0033).Build() },
        { "two encrypted_client_hello extensions", new ClientHelloBuilder().WithEch().WithEch().Build() },
        { "two host names", new ClientHelloBuilder().WithServerNames((0, [0x61]), (0, [0x62])).Build() },
        { "empty host name", new ClientHelloBuilder().WithServerName("").Build() },
        { "empty server_name extension", new ClientHelloBuilder().WithExtension(0x0000).Build() },
        { "empty server name list", new ClientHelloBuilder().WithExtension(0x0000, 0, 0).Build() },
        { "server name list too long", new ClientHelloBuilder().WithExtension(0x0000, 0, 5, 0, 0, 1, 0x61).Build() },
        { "server name list too short", new ClientHelloBuilder().WithExtension(0x0000, 0, 4, 0, 0, 1, 0x61, 0x62).Build() },
        { "server name too long", new ClientHelloBuilder().WithExtension(0x0000, 0, 4, 0, 0, 2, 0x61).Build() },
        { "half a server name entry", new ClientHelloBuilder().WithExtension(0x0000, 0, 6, 0, 0, 1, 0x61, 0, 0).Build() },
        { "empty ALPN extension", new ClientHelloBuilder().WithExtension(0x0010).Build() },
        { "ALPN list too long", new ClientHelloBuilder().WithExtension(0x0010, 0, 4, 2, 0x68, 0x32).Build() },
        { "ALPN list too short", new ClientHelloBuilder().WithExtension(0x0010, 0, 3, 2, 0x68, 0x32, 0).Build() },
        { "ALPN name too long", new ClientHelloBuilder().WithExtension(0x0010, 0, 3, 3, 0x68, 0x32).Build() },
    };

    // The contents of these inform, nothing is routed by them: the endpoint may refuse them, or never look at them.
    public static TheoryData<string, byte[]> NotJudged => new()
    {
        { "empty name in ALPN", new ClientHelloBuilder().WithAlpn("h2", "", "x").Build() },
        { "empty key_share", new ClientHelloBuilder().WithExtension(0x0033).Build() },
        { "key share cut", new ClientHelloBuilder().WithExtension(0x0033, 0, 5, 0, 0x1D, 0, 2, 1).Build() },
        { "odd supported_versions", new ClientHelloBuilder().WithExtension(0x002B, 3, 3, 4, 3).Build() },
        { "supported_versions too long", new ClientHelloBuilder().WithExtension(0x002B, 9, 3, 4).Build() },
        { "session id too long", new ClientHelloBuilder().WithSessionId(new byte[200]).Build() },
        { "legacy version unheard of", new ClientHelloBuilder().WithLegacyVersion(0x1234).Build() },
    };

    [Theory]
    [MemberData(nameof(NotTls))]
    public void Read_OtherProtocol_IsNotTls(string what, byte[] input) => CheckAnswer(ClientHelloReadStatus.NotTls, what, input);

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Read_BrokenHello_IsMalformed(string what, byte[] input) => CheckAnswer(ClientHelloReadStatus.Malformed, what, input);

    [Theory]
    [MemberData(nameof(NotJudged))]
    public void Read_OddContents_IsComplete(string what, byte[] input) => CheckAnswer(ClientHelloReadStatus.Complete, what, input);

    private static void CheckAnswer(ClientHelloReadStatus expected, string what, byte[] input)
    {
        Assert.True(expected == ReadResult.Of(input).Status, what);
        PrefixStability.Check([.. input, .. ClientHelloBuilder.Typical("after").Build()]);
    }

    private static byte[] FirstHalf() => TlsRecords.Record(ClientHelloBuilder.Typical("host").BuildMessage().AsSpan(0, 100));
}
