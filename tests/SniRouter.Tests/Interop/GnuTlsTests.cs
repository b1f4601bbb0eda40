using System.Globalization;
using Zoneway.SniRouter.Tests.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Interop;

/// <summary>GnuTLS's command line through the router.</summary>
public abstract class GnuTlsTests(PathUnderTest path)
{
    [ProgramTheory("gnutls-cli", "gnutls-bin")]
    [InlineData("TLS1.2", "Tls12")]
    [InlineData("TLS1.3", "Tls13")]
    public async Task MutualTls_KumasServerName_HandshakeAndEchoThroughTheRouter(string version, string name)
    {
        await using var fixture = await InteropFixture.StartAsync(path);
        await using var client = Start(fixture, version);

        await client.ExpectAsync("- Handshake was completed");
        await client.WriteLineAsync("hello");
        await client.ExpectAsync(InteropFixture.Answer(name, "hello"));

        Assert.Equal(0, await client.FinishAsync());
    }

    [ProgramTheory("gnutls-cli", "gnutls-bin")]
    [InlineData("TLS1.2", "Tls12")]
    [InlineData("TLS1.3", "Tls13")]
    public async Task Resumption_SecondConnection_ReusesTheSession(string version, string name)
    {
        await using var fixture = await InteropFixture.StartAsync(path);
        await using var client = Start(fixture, version, "--resume", "--waitresumption");

        await client.ExpectAsync("*** This is a resumed session");
        await client.WriteLineAsync("hello");
        await client.ExpectAsync(InteropFixture.Answer(name, "hello"));

        await client.FinishAsync();
    }

    private static ChildProgram Start(InteropFixture fixture, string version, params string[] options) => ChildProgram.Start(
        "gnutls-cli",
        [
            "--port", fixture.Proxy.Address().Port.ToString(CultureInfo.InvariantCulture), "127.0.0.1",
            $"--sni-hostname={InteropFixture.ServerName}", $"--verify-hostname={InteropFixture.CertificateName}", $"--priority=NORMAL:-VERS-ALL:+VERS-{version}",
            $"--x509cafile={fixture.AuthorityFile}", $"--x509certfile={fixture.CertificateFile}", $"--x509keyfile={fixture.KeyFile}", .. options,
        ]);
}

public sealed class PortableGnuTlsTests() : GnuTlsTests(PathUnderTest.Portable);

public sealed class EngineGnuTlsTests() : GnuTlsTests(PathUnderTest.Engine);
