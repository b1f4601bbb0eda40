using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Zoneway.TestUtilities;

namespace Zoneway.MutualTls.Tests;

public sealed class ServerTlsTests : IDisposable
{
    private readonly CertificateForge _forge = new();
    private readonly SecretStore _secrets = new();
    private readonly X509Certificate2 _mesh;

    public ServerTlsTests() => _mesh = _forge.Authority("mesh");

    private DownstreamTlsConfig Config { get; } = new()
    {
        Context = new TlsContextConfig
        {
            CertificateSecrets = ["identity"],
            ValidationSecret = "trust",
            Validation = new ValidationContextConfig { SubjectAltNames = [new(SubjectAltNameKind.Uri, StringMatcher.Prefix("spiffe://prod/"))] },
        },
        RequiresClientCertificate = true,
    };

    public void Dispose() => _forge.Dispose();

    [Fact]
    public async Task Authenticate_SecretsThatComeAndGo_AreThoseOfTheMoment()
    {
        var tls = new ServerTls(Config, _secrets, TimeProvider.System);
        await AssertNotReadyAsync(tls, "'identity' has not been delivered");
        SetIdentity();
        await AssertNotReadyAsync(tls, "'trust' has not been delivered");
        SetTrust(_mesh);
        await AssertTakenAsync(tls, _mesh);

        var next = _forge.Authority("mesh");
        SetTrust(next);
        await AssertTakenAsync(tls, next);
        Assert.Equal(TlsFailure.PeerNotTrusted, await ConnectAsync(tls, _forge.Leaf(_mesh, "spiffe://prod/web")));

        _secrets.Remove("identity");
        await AssertNotReadyAsync(tls, "'identity' has not been delivered");
    }

    [Fact]
    public async Task Authenticate_SecretThatCannotBeUsed_LeavesTheOneBeforeInForce()
    {
        var tls = new ServerTls(Config, _secrets, TimeProvider.System);
        SetIdentity();
        SetTrust(_mesh);

        Assert.False(_secrets.Set(LoadedSecret.Load(new SecretConfig { Name = "trust", Validation = new() { TrustedCa = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" } })));
        Assert.False(_secrets.Set(LoadedSecret.Load(new SecretConfig { Name = "identity", Certificate = new() { CertificateChain = "x", PrivateKey = "y" } })));

        await AssertTakenAsync(tls, _mesh);
    }

    [Fact]
    public async Task Authenticate_SecretThatTrustsNobody_RefusesEveryone()
    {
        SetIdentity();
        _secrets.Set(LoadedSecret.Load(new SecretConfig { Name = "trust", Validation = new() }));
        await AssertNotReadyAsync(new ServerTls(Config, _secrets, TimeProvider.System), "'trust' does not say whom to trust");

        var withoutSecret = Config with { Context = Config.Context with { ValidationSecret = "" } };
        await AssertNotReadyAsync(new ServerTls(withoutSecret, _secrets, TimeProvider.System), "nothing says whom to trust");
    }

    [Fact]
    public async Task Authenticate_SecretOfAnotherKind_IsNotTakenForIt()
    {
        SetTrust(_mesh);
        _secrets.Set(LoadedSecret.Load(new SecretConfig { Name = "identity", Validation = new() { TrustedCa = _mesh.ExportCertificatePem() } }));

        await AssertNotReadyAsync(new ServerTls(Config, _secrets, TimeProvider.System), "'identity' holds no certificate");
    }

    [Fact]
    public async Task Authenticate_OwnCertificateOutOfTime_RefusesEveryone()
    {
        SetTrust(_mesh);
        SetIdentity(TimeSpan.FromHours(-2), TimeSpan.FromHours(-1));
        await AssertNotReadyAsync(new ServerTls(Config, _secrets, TimeProvider.System), "the certificate expired at");
        SetIdentity(TimeSpan.FromHours(1), TimeSpan.FromHours(2));
        await AssertNotReadyAsync(new ServerTls(Config, _secrets, TimeProvider.System), "the certificate is not valid before");
    }

    [Fact]
    public void IsReady_KeyOfAnotherCertificate_IsNot()
    {
        var (one, other) = (_forge.Leaf(_mesh, "spiffe://prod/a"), _forge.Leaf(_mesh, "spiffe://prod/b"));

        var secret = LoadedSecret.Load(new SecretConfig { Name = "identity", Certificate = new() { CertificateChain = one.ExportCertificatePem(), PrivateKey = KeyOf(other) } });

        Assert.False(secret.IsUsable);
        Assert.DoesNotContain("BEGIN", secret.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authenticate_SecretsReplacedAllTheTime_DisturbsNoHandshakeAndNoConnection()
    {
        var tls = new ServerTls(Config, _secrets, TimeProvider.System);
        SetIdentity();
        SetTrust(_mesh);
        var client = _forge.Leaf(_mesh, "spiffe://prod/web");
        using var end = new CancellationTokenSource();
        var rotating = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                SetIdentity();
                SetTrust(_mesh);
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(TlsFailure.None, await ConnectAsync(tls, client));
        }

        await end.CancelAsync();
        await rotating.WithinLimit();
    }

    [Fact]
    public async Task Authenticate_WhatIsNoTls_EndsInOrder()
    {
        SetIdentity();
        SetTrust(_mesh);
        await using var server = new TlsServer(new ServerTls(Config, _secrets, TimeProvider.System));
        foreach (var bytes in (byte[][])[[], [0x16], [.. "GET / HTTP/1.1\r\n\r\n"u8], [0x16, 3, 1, 0, 4, 1, 0, 0, 0], [0x15, 3, 3, 0, 2, 2, 40]])
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server.Address);
            await socket.SendAsync(bytes);
            socket.Shutdown(SocketShutdown.Send);

            Assert.True((await server.NextAsync()).Failure is TlsFailure.Protocol or TlsFailure.Closed);
        }
    }

    private void SetIdentity(TimeSpan? from = null, TimeSpan? until = null)
    {
        using var forge = new CertificateForge();
        var identity = forge.Make(new CertificatePlan { Signer = _mesh, From = from ?? TimeSpan.FromHours(-1), Until = until ?? TimeSpan.FromHours(1), Names = CertificateForge.Uris("spiffe://prod/zone-egress") });
        _secrets.Set(LoadedSecret.Load(new SecretConfig { Name = "identity", Certificate = new() { CertificateChain = identity.ExportCertificatePem(), PrivateKey = KeyOf(identity) } }));
    }

    private void SetTrust(X509Certificate2 authority) =>
        _secrets.Set(LoadedSecret.Load(new SecretConfig { Name = "trust", Validation = new() { TrustedCa = authority.ExportCertificatePem() } }));

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static async Task AssertNotReadyAsync(ServerTls tls, string why)
    {
        Assert.False(tls.IsReady(out var problem));
        Assert.Contains(why, problem, StringComparison.Ordinal);
        using var stream = new MemoryStream();
        var handshake = await tls.AuthenticateAsync(stream, CancellationToken.None);
        Assert.Equal((TlsFailure.NotReady, problem, null), (handshake.Failure, handshake.Detail, handshake.Stream));
    }

    private async Task AssertTakenAsync(ServerTls tls, X509Certificate2 authority)
    {
        Assert.True(tls.IsReady(out var problem), problem);
        Assert.Equal(TlsFailure.None, await ConnectAsync(tls, _forge.Leaf(authority, "spiffe://prod/web")));
    }

    private static async Task<TlsFailure> ConnectAsync(ServerTls tls, X509Certificate2 client)
    {
        await using var server = new TlsServer(tls);
        using var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(server.Address);
        await using var stream = new SslStream(tcp.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "api",
                ClientCertificateContext = SslStreamCertificateContext.Create(client, null, offline: true),
                RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
            }).WithinLimit();
            await stream.ReadExactlyAsync(new byte[1]).AsTask().WithinLimit();
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            // The server says why.
        }

        await stream.DisposeAsync();
        return (await server.NextAsync()).Failure;
    }
}
