using System.Net.Security;
using System.Security.Authentication;
using Zoneway.SniRouter.Tls;

namespace Zoneway.SniRouter.Tests.Tls;

/// <summary>Hellos as .NET's own TLS client sends them.</summary>
public sealed class ClientHelloCaptureTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, "www.example.org")]
    [InlineData(SslProtocols.Tls13, "www.example.org")]
    [InlineData(SslProtocols.Tls12, SampleHellos.KumaName)]
    [InlineData(SslProtocols.Tls13, SampleHellos.KumaName)]
    public async Task Read_HelloOfSslStream_TellsWhatWasAskedFor(SslProtocols protocol, string serverName)
    {
        byte[] hello = await CaptureAsync(protocol, serverName);

        var result = ReadResult.Of(hello);

        Assert.Equal(ClientHelloReadStatus.Complete, result.Status);
        Assert.Equal(serverName, result.ServerName);
        Assert.Equal("6B756D61,6832", result.ApplicationProtocols);
        Assert.Equal(0x0303, result.LegacyVersion);
        Assert.Equal(protocol == SslProtocols.Tls13, result.SupportedVersions.Split(',').Contains($"{0x0304}"));
        Assert.Equal(protocol == SslProtocols.Tls13, result.KeyShareGroups.Length > 0);
        Assert.Equal(hello.Length, result.WireLength);
        PrefixStability.Check(hello);
    }

    private static async Task<byte[]> CaptureAsync(SslProtocols protocol, string serverName)
    {
        await using var wire = new SilentServerStream();
        await using var client = new SslStream(wire);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            EnabledSslProtocols = protocol,
            ApplicationProtocols = [new SslApplicationProtocol("kuma"), SslApplicationProtocol.Http2],
        };

        await Assert.ThrowsAnyAsync<Exception>(() => client.AuthenticateAsClientAsync(options).WaitAsync(TimeSpan.FromSeconds(30)));
        return wire.ToArray();
    }

    // Keeps what is written to it and answers with the end of the stream.
    private sealed class SilentServerStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override int Read(Span<byte> buffer) => 0;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(0);
    }
}
