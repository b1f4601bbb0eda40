using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.Egress.Telemetry;
using Zoneway.MutualTls;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>Handshakes that take too long, and those that follow a change of secrets.</summary>
public sealed class HandshakeTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private readonly TestCertificates _mesh = new();

    public static TheoryData<DataPath> Paths => [DataPath.Auto, DataPath.Portable];

    public void Dispose() => _mesh.Dispose();

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_client_that_stalls_after_the_ServerHello_is_closed_at_the_limit_of_the_program(DataPath dataPath)
    {
        await using var egress = await RunningEgress.StartAsync(
            new EgressResources(_mesh).Tcp().Upstream(Nowhere).ToString(), new SniRouterOptions { DataPath = dataPath, TlsHandshakeTimeout = Short });

        await AssertClosedAsync(egress, ConnectionOutcome.TlsHandshakeTimeout);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_client_that_stalls_after_the_ServerHello_is_closed_at_the_limit_of_the_chain(DataPath dataPath)
    {
        await using var egress = await RunningEgress.StartAsync(
            new EgressResources(_mesh) { ChainFields = "transportSocketConnectTimeout: 0.3s" }.Http().Upstream(Nowhere).ToString(), new SniRouterOptions { DataPath = dataPath, TlsHandshakeTimeout = TimeSpan.FromHours(1) });

        await AssertClosedAsync(egress, ConnectionOutcome.TlsHandshakeTimeout);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_client_that_never_ends_its_ClientHello_is_closed_at_the_limit_of_the_hello(DataPath dataPath)
    {
        await using var egress = await RunningEgress.StartAsync(
            new EgressResources(_mesh).Tcp().Upstream(Nowhere).ToString(), new SniRouterOptions { DataPath = dataPath, ClientHelloTimeout = Short });

        await AssertClosedAsync(egress, ConnectionOutcome.ClientHelloTimeout, withheld: 1);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_client_that_says_nothing_after_its_handshake_is_closed_at_the_limit_of_the_preface(DataPath dataPath)
    {
        await using var egress = await RunningEgress.StartAsync(
            new EgressResources(_mesh).Http().Upstream(Nowhere).ToString(), new SniRouterOptions { DataPath = dataPath, HttpPrefaceTimeout = Short });

        await using var client = await new Sidecar(egress, _mesh.Issue("spiffe://default/web")).ConnectAsync();
        await ReadToEndAsync(client);

        await egress.UntilAsync(() => egress.Services.GetRequiredService<ConnectionTracker>().Active == 0, "the connection has left");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_second_ClientHello_that_is_malformed_ends_the_handshake_and_no_more(DataPath dataPath)
    {
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh).Tcp().Upstream(Nowhere).ToString(), dataPath);

        // A handshake message of type 1 and no length: the library trips over it.
        await AssertClosedAsync(egress, ConnectionOutcome.TlsHandshakeFailed, more: [0x16, 3, 3, 0, 4, 1, 0, 0, 0]);

        Assert.Equal(0, egress.Count(ConnectionOutcome.InternalError));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Secrets_change_for_the_next_handshake_and_for_no_open_connection(DataPath dataPath)
    {
        await using var echo = new EchoUpstream();
        using var nextMesh = new TestCertificates("next authority");
        await using var egress = await RunningEgress.StartAsync(WithSecrets(_mesh, _mesh, echo), dataPath);
        await egress.UntilAsync(() => egress.Services.GetRequiredService<SecretStore>().All.Count == 2, "the secrets are there");
        var (old, next) = (new Sidecar(egress, _mesh.Issue("spiffe://default/web")), new Sidecar(egress, nextMesh.Issue("spiffe://default/web")));
        await using var open = await old.ConnectAsync();
        await AssertEchoesAsync(open);

        egress.Replace(WithSecrets(nextMesh, nextMesh, echo));
        await egress.UntilAsync(() => TrustsAsItShows(egress, nextMesh), "the new secrets are there");

        await AssertEchoesAsync(open);
        await using var opened = await next.ConnectAsync();
        Assert.Contains("next authority", opened.RemoteCertificate!.Issuer, StringComparison.Ordinal);
        await AssertEchoesAsync(opened);
        await AssertRefusedAsync(old);
        await egress.EndedAsync(ConnectionOutcome.ClientCertificateRefused);
        await AssertEchoesAsync(open);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task An_expired_secret_fails_its_chain_alone_and_is_named(DataPath dataPath)
    {
        await using var echo = new EchoUpstream();
        var now = TimeProvider.System.GetUtcNow();
        var expired = _mesh.Issue(now.AddMinutes(-50), now.AddMinutes(-5), "spiffe://default/zone-egress");
        await using var egress = await RunningEgress.StartAsync(
            new EgressResources(_mesh).Tcp().HttpWithSecret("expired{mesh=default}", "identity").Secret("identity", $"tlsCertificate: {EgressResources.Certificate(expired)}").Upstream(echo.Address).ToString(), dataPath);
        await egress.UntilAsync(() => egress.Services.GetRequiredService<SecretStore>().All.Count == 1, "the secret is there");
        var client = _mesh.Issue("spiffe://default/web");

        await AssertRefusedAsync(new Sidecar(egress, client, "expired{mesh=default}"));

        await egress.EndedAsync(ConnectionOutcome.TlsNotReady);
        Assert.Equal(1, egress.Services.GetRequiredService<TlsStats>().Count(TlsFailure.NotReady));
        Assert.Contains("expired_default", Assert.Single(egress.Services.GetServices<Hosting.Lifetime.IReadinessDetail>().SelectMany(part => part.Problems)), StringComparison.Ordinal);
        await using var other = await new Sidecar(egress, client).ConnectAsync();
        await AssertEchoesAsync(other);
    }

    private static IPEndPoint Nowhere => new(IPAddress.Loopback, 1);

    private string WithSecrets(TestCertificates identity, TestCertificates trust, EchoUpstream echo) => new EgressResources(_mesh)
        .TcpWithSecrets()
        .Secret("identity", $"tlsCertificate: {EgressResources.Certificate(identity.Issue("spiffe://default/zone-egress"))}")
        .Secret("trust", $"validationContext: {{trustedCa: {{inlineString: {EgressResources.Pem(trust.Authority.ExportCertificatePem())} }} }}")
        .Upstream(echo.Address).ToString();

    private static bool TrustsAsItShows(RunningEgress egress, TestCertificates mesh)
    {
        var secrets = egress.Services.GetRequiredService<SecretStore>();
        return secrets.Find("identity")?.Certificate?.Leaf.Issuer == mesh.Authority.Subject
            && secrets.Find("trust")?.Validation?.TrustedCa.Trim() == mesh.Authority.ExportCertificatePem().Trim();
    }

    private async Task AssertClosedAsync(RunningEgress egress, ConnectionOutcome outcome, int withheld = 0, byte[]? more = null)
    {
        await using var tls = new SslStream(new StallingStream(await ConnectAsync(egress), withheld, more));
        try
        {
            using var certificate = _mesh.Issue("spiffe://default/web");
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = EgressResources.Service,
                ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
            }).WithinLimit();
            await ReadToEndAsync(tls);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // Closed while the client still waited for the server's part.
        }

        await egress.EndedAsync(outcome);
        await egress.UntilAsync(() => egress.Services.GetRequiredService<ConnectionTracker>().Active == 0, "the connection has left");
        Assert.Equal(outcome == ConnectionOutcome.TlsHandshakeTimeout ? 1 : 0, egress.Services.GetRequiredService<TlsStats>().Count(TlsFailure.Timeout));
    }

    private static async Task<Socket> ConnectAsync(RunningEgress egress)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(egress.Address);
        return socket;
    }

    private static async Task AssertEchoesAsync(SslStream stream)
    {
        var buffer = new byte[5];
        await stream.WriteAsync("hello"u8.ToArray());
        await stream.ReadExactlyAsync(buffer).AsTask().WithinLimit();
        Assert.Equal("hello"u8.ToArray(), buffer);
    }

    private static async Task AssertRefusedAsync(Sidecar client)
    {
        try
        {
            await using var stream = await client.ConnectAsync();
            Assert.Equal(0, await stream.ReadAsync(new byte[1]).WithinLimit());
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // As it should be.
        }
    }

    private static async Task ReadToEndAsync(Stream stream)
    {
        try
        {
            while (await stream.ReadAsync(new byte[4096]).WithinLimit() > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }
}
