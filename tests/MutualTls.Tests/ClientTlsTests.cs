using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Zoneway.TestUtilities;

namespace Zoneway.MutualTls.Tests;

/// <summary>TLS towards endpoints that are not what they should be.</summary>
public sealed class ClientTlsTests : IDisposable
{
    private readonly CertificateForge _forge = new();
    private readonly X509Certificate2 _web;

    public ClientTlsTests() => _web = _forge.Authority("web");

    public void Dispose() => _forge.Dispose();

    [Fact]
    public async Task Authenticate_ServerNameThatCannotBeSent_FailsInOrder()
    {
        var handshake = await ConnectAsync(new UpstreamTlsConfig { Context = new(), ServerName = new string('a', 64) + ".example" }, _forge.Leaf(_web, "https://a"));

        Assert.Equal(TlsFailure.Protocol, handshake.Failure);
    }

    [Fact]
    public async Task Authenticate_SecretThatTrustsNobody_IsNotTakenForTrustInEveryone()
    {
        var secrets = new SecretStore();
        secrets.Set(LoadedSecret.Load(new SecretConfig { Name = "trust", Validation = new() }));

        var handshake = await ConnectAsync(new UpstreamTlsConfig { Context = new() { ValidationSecret = "trust" }, ServerName = "a.example" }, _forge.Leaf(_web, "https://a"), secrets);

        Assert.Equal((TlsFailure.NotReady, "the secret 'trust' does not say whom to trust"), (handshake.Failure, handshake.Detail));
    }

    [Fact]
    public async Task Authenticate_SessionFromBeforeTheTrustChanged_IsVerifiedAnew()
    {
        var secrets = new SecretStore();
        SetTrust(secrets, _web);
        var config = new UpstreamTlsConfig { Context = new() { ValidationSecret = "trust" }, ServerName = "resumed.example" };
        var identity = _forge.Leaf(_web, "https://a");
        var context = SslStreamCertificateContext.Create(identity, null, offline: true);
        Assert.Equal(TlsFailure.None, (await ConnectAsync(config, context, secrets)).Failure);
        Assert.Equal(TlsFailure.None, (await ConnectAsync(config, context, secrets)).Failure);

        SetTrust(secrets, _forge.Authority("other"));

        Assert.Equal(TlsFailure.PeerNotTrusted, (await ConnectAsync(config, context, secrets)).Failure);
    }

    [Fact]
    public async Task Authenticate_EndpointWithAnIntermediate_IsVerifiedEachTime()
    {
        var secrets = new SecretStore();
        SetTrust(secrets, _web);
        var zone = _forge.Authority("intermediate", _web);
        var context = SslStreamCertificateContext.Create(_forge.Leaf(zone, "https://a"), [zone], offline: true);
        var config = new UpstreamTlsConfig { Context = new() { ValidationSecret = "trust" }, ServerName = "chain.example" };

        for (var i = 0; i < 4; i++)
        {
            var handshake = await ConnectAsync(config, context, secrets);
            Assert.Equal((TlsFailure.None, ""), (handshake.Failure, handshake.Detail));
        }
    }

    private static void SetTrust(SecretStore secrets, X509Certificate2 authority) =>
        secrets.Set(LoadedSecret.Load(new SecretConfig { Name = "trust", Validation = new() { TrustedCa = authority.ExportCertificatePem() } }));

    private static Task<TlsHandshake> ConnectAsync(UpstreamTlsConfig config, X509Certificate2 endpoint, SecretStore? secrets = null) =>
        ConnectAsync(config, SslStreamCertificateContext.Create(endpoint, null, offline: true), secrets ?? new SecretStore());

    // Reads a byte, as a ticket of TLS 1.3 comes after the handshake.
    private static async Task<TlsHandshake> ConnectAsync(UpstreamTlsConfig config, SslStreamCertificateContext endpoint, SecretStore secrets)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        var serving = ServeAsync(await listener.AcceptSocketAsync(), endpoint);
        using var limit = new CancellationTokenSource(Eventually.Limit);
        var handshake = await new ClientTls(config, secrets, TimeProvider.System).AuthenticateAsync(new NetworkStream(client, ownsSocket: true), null, limit.Token);
        if (handshake.Stream is { } stream)
        {
            await stream.ReadExactlyAsync(new byte[1], limit.Token);
            await stream.DisposeAsync();
        }

        await serving.WithinLimit();
        return handshake;
    }

    private static async Task ServeAsync(Socket socket, SslStreamCertificateContext certificate)
    {
        socket.NoDelay = true;
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate });
            await tls.WriteAsync("x"u8.ToArray());
            await tls.ReadExactlyAsync(new byte[1]);
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone.
        }
    }
}
