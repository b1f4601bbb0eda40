using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Zoneway.SniRouter.Telemetry;
using Zoneway.SniRouter.Tests.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Interop;

/// <summary>.NET's own TLS client through the router.</summary>
public abstract class SslStreamTests(PathUnderTest path)
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task MutualTls_KumasServerName_HandshakeAndEchoThroughTheRouter(SslProtocols version)
    {
        await using var fixture = await InteropFixture.StartAsync(path);
        using var peer = await fixture.Proxy.ConnectAsync();
        await using var tls = new SslStream(peer.Stream, leaveInnerStreamOpen: true);

        await tls.AuthenticateAsClientAsync(Options(fixture, version)).WithinLimit();
        string answer = await ExchangeAsync(tls, "hello");

        Assert.Equal(InteropFixture.Answer(version.ToString(), "hello"), answer);
        await tls.ShutdownAsync();
        peer.FinishSending();
        await fixture.Proxy.ExpectAsync(ConnectionOutcome.Completed);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task MutualTls_NoClientCertificate_TheBackEndRefuses(SslProtocols version)
    {
        await using var fixture = await InteropFixture.StartAsync(path);
        var options = Options(fixture, version);
        options.ClientCertificates = null;
        using var peer = await fixture.Proxy.ConnectAsync();
        await using var tls = new SslStream(peer.Stream, leaveInnerStreamOpen: true);

        // A TLS 1.3 client has finished its handshake before the server has seen its certificate: it learns of the refusal when it reads.
        var failure = await Record.ExceptionAsync(async () =>
        {
            await tls.AuthenticateAsClientAsync(options).WithinLimit();
            Assert.Equal("", await ExchangeAsync(tls, "hello"));
            throw new AuthenticationException("The connection ended without an answer.");
        });

        Assert.True(failure is AuthenticationException or IOException, failure?.ToString());
    }

    [Fact]
    public async Task MutualTls_BulkDataBothWays_IsIntact()
    {
        await using var fixture = await InteropFixture.StartAsync(path);
        using var peer = await fixture.Proxy.ConnectAsync();
        await using var tls = new SslStream(peer.Stream, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsClientAsync(Options(fixture, SslProtocols.Tls13)).WithinLimit();
        string line = new('x', 1_000_000);

        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(InteropFixture.Answer("Tls13", line), await ExchangeAsync(tls, line));
        }
    }

    private static SslClientAuthenticationOptions Options(InteropFixture fixture, SslProtocols version) => new()
    {
        TargetHost = InteropFixture.ServerName,
        EnabledSslProtocols = version,
        ClientCertificates = [fixture.ClientCertificate],
        // Meshes check the SPIFFE id, not the name that is routed by.
        RemoteCertificateValidationCallback = (_, certificate, _, _) => IsIssuedBy(fixture.Roots, certificate),
    };

    private static bool IsIssuedBy(X509Certificate2Collection roots, X509Certificate? certificate)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        return certificate is X509Certificate2 leaf && chain.Build(leaf);
    }

    private static async Task<string> ExchangeAsync(SslStream tls, string line)
    {
        await tls.WriteAsync(System.Text.Encoding.ASCII.GetBytes(line + "\n")).WithinLimit();
        using var reader = new StreamReader(tls, leaveOpen: true);
        return await reader.ReadLineAsync().WithinLimit() ?? "";
    }
}

public sealed class PortableSslStreamTests() : SslStreamTests(PathUnderTest.Portable);

public sealed class EngineSslStreamTests() : SslStreamTests(PathUnderTest.Engine);
