using System.Globalization;
using Zoneway.SniRouter.Tests.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Interop;

/// <summary>OpenSSL's command line through the router.</summary>
public abstract class OpenSslTests(PathUnderTest path)
{
    [ProgramTheory("openssl", "openssl")]
    [InlineData("-tls1_2", "Tls12")]
    [InlineData("-tls1_3", "Tls13")]
    public async Task MutualTls_KumasServerName_HandshakeAndEchoThroughTheRouter(string option, string version)
    {
        await using var fixture = await InteropFixture.StartAsync(path);
        await using var client = Start(fixture, option);

        await client.ExpectAsync("Verify return code: 0 (ok)");
        await client.WriteLineAsync("hello");
        await client.ExpectAsync(InteropFixture.Answer(version, "hello"));

        Assert.Equal(0, await client.FinishAsync());
    }

    [ProgramTheory("openssl", "openssl")]
    [InlineData("-tls1_2", "Tls12")]
    [InlineData("-tls1_3", "Tls13")]
    public async Task Resumption_SecondConnection_ReusesTheSession(string option, string version)
    {
        await using var fixture = await InteropFixture.StartAsync(path);
        string session = fixture.FileNamed("session.pem");
        await using (var first = Start(fixture, option, "-sess_out", session))
        {
            await first.WriteLineAsync("one");
            await first.ExpectAsync(InteropFixture.Answer(version, "one"));
            Assert.Contains("New, ", first.Output, StringComparison.Ordinal);
            await first.FinishAsync();
        }

        await using var second = Start(fixture, option, "-sess_in", session);
        await second.WriteLineAsync("two");

        await second.ExpectAsync("Reused, ");
        await second.ExpectAsync(InteropFixture.Answer(version, "two"));
        await second.FinishAsync();
    }

    [ProgramTheory("openssl", "openssl")]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task MutualTls_NoClientCertificate_TheBackEndRefuses(string option)
    {
        await using var fixture = await InteropFixture.StartAsync(path);
        await using var client = ChildProgram.Start("openssl", [.. Common(fixture), option]);
        await client.WriteLineAsync("hello");

        await client.FinishAsync();

        Assert.DoesNotContain("|hello", client.Output, StringComparison.Ordinal);
    }

    private static ChildProgram Start(InteropFixture fixture, params string[] options) =>
        ChildProgram.Start("openssl", [.. Common(fixture), "-cert", fixture.CertificateFile, "-key", fixture.KeyFile, .. options]);

    private static string[] Common(InteropFixture fixture) =>
    [
        "s_client", "-connect", string.Create(CultureInfo.InvariantCulture, $"{fixture.Proxy.Address()}"), "-servername", InteropFixture.ServerName,
        "-CAfile", fixture.AuthorityFile, "-verify_return_error", "-nocommands",
    ];
}

public sealed class PortableOpenSslTests() : OpenSslTests(PathUnderTest.Portable);

public sealed class EngineOpenSslTests() : OpenSslTests(PathUnderTest.Engine);
