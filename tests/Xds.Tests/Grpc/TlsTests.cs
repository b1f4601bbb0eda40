using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Zoneway.TestUtilities;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _authority = new();
    private readonly TestCertificates _rogue = new("rogue authority");

    public void Dispose()
    {
        _authority.Dispose();
        _rogue.Dispose();
    }

    [Fact]
    public async Task CustomAuthority_NameMatches_Connects() =>
        Assert.Equal(StatusCode.OK, await CallAsync(_authority.Issue("127.0.0.1"), new() { TrustedRoots = _authority.Roots }));

    [Fact]
    public async Task SystemAuthorities_CertificateOfATest_GivesUnavailable() =>
        Assert.Equal(StatusCode.Unavailable, await CallAsync(_authority.Issue("127.0.0.1"), new()));

    [Fact]
    public async Task CustomAuthority_CertificateOfAnother_GivesUnavailable() =>
        Assert.Equal(StatusCode.Unavailable, await CallAsync(_rogue.Issue("127.0.0.1"), new() { TrustedRoots = _authority.Roots }));

    [Fact]
    public async Task CustomAuthority_OtherName_GivesUnavailable() =>
        Assert.Equal(StatusCode.Unavailable, await CallAsync(_authority.Issue("control-plane"), new() { TrustedRoots = _authority.Roots }));

    [Fact]
    public async Task TrustedRoot_IsTheServersOwnCertificate_Connects()
    {
        // kuma-cp generates one certificate and gives it to proxies as authority.
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=self", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));

        Assert.Equal(StatusCode.OK, await CallAsync(certificate, new() { TrustedRoots = [certificate] }));
    }

    [Theory]
    [InlineData(true, StatusCode.OK)]
    [InlineData(false, StatusCode.Unavailable)]
    internal async Task IsExpectedServer_OtherName_Decides(bool answer, StatusCode expected)
    {
        var asked = 0;
        var tls = new GrpcTlsOptions
        {
            TrustedRoots = _authority.Roots,
            IsExpectedServer = certificate =>
            {
                asked++;
                return answer;
            },
        };

        Assert.Equal(expected, await CallAsync(_authority.Issue("spiffe://default/control-plane"), tls));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task IsExpectedServer_UntrustedChain_IsNotAsked()
    {
        var tls = new GrpcTlsOptions { TrustedRoots = _authority.Roots, IsExpectedServer = _ => throw new InvalidOperationException("asked") };

        Assert.Equal(StatusCode.Unavailable, await CallAsync(_rogue.Issue("127.0.0.1"), tls));
    }

    [Fact]
    public async Task ServerName_OtherThanAddress_IsSniAuthorityAndNameInTheCertificate()
    {
        string? sni = null;
        string? authority = null;
        var certificate = _authority.Issue("control-plane.test");
        await using var server = await KestrelServer.ServeAsync(
            (_, _, context) =>
            {
                authority = context.HttpContext.Request.Host.Host;
                return Task.CompletedTask;
            },
            listen => listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificateSelector = (_, name) =>
                {
                    sni = name;
                    return certificate;
                },
            }));
        using var channel = server.Connect(new() { Tls = new() { TrustedRoots = _authority.Roots, ServerName = "control-plane.test" } });

        Assert.Equal(StatusCode.OK, await StatusAsync(channel));
        Assert.Equal("control-plane.test", sni);
        Assert.Equal("control-plane.test", authority);
    }

    [Fact]
    public async Task SkipVerification_CertificateOfATest_Connects() =>
        Assert.Equal(StatusCode.OK, await CallAsync(_rogue.Issue("elsewhere"), new() { SkipVerification = true }));

    [Theory]
    [InlineData(true, StatusCode.OK)]
    [InlineData(false, StatusCode.Unavailable)]
    internal async Task ClientCertificate_ServerRequiresOne_IsSent(bool trusted, StatusCode expected) // trap 13: ClientCertificateContext
    {
        var clientCertificate = (trusted ? _authority : _rogue).Issue("spiffe://default/zone-ingress");
        var tls = new GrpcTlsOptions
        {
            TrustedRoots = _authority.Roots,
            ClientCertificate = SslStreamCertificateContext.Create(clientCertificate, null, offline: true),
        };
        await using var server = await KestrelServer.ServeAsync(
            (_, _, context) => context.HttpContext.Connection.ClientCertificate?.Thumbprint == clientCertificate.Thumbprint
                ? Task.CompletedTask
                : throw new RpcException(new(StatusCode.Unauthenticated, "")),
            listen => listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = _authority.Issue("127.0.0.1"),
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (certificate, _, _) => certificate.Issuer == _authority.Authority.Subject,
            }));
        using var channel = server.Connect(new() { Tls = tls });

        Assert.Equal(expected, await StatusAsync(channel));
    }

    [Fact]
    public async Task TcpKeepAlive_Set_Connects()
    {
        await using var server = await KestrelServer.ServeAsync((_, _, _) => Task.CompletedTask);
        using var channel = server.Connect(new() { TcpKeepAlive = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), 3) });

        Assert.Equal(StatusCode.OK, await StatusAsync(channel));
    }

    [Theory]
    [InlineData("ftp://127.0.0.1:1")]
    [InlineData("127.0.0.1:1")]
    [InlineData("/relative")]
    public void ForAddress_OtherScheme_Throws(string address) =>
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress(new Uri(address, UriKind.RelativeOrAbsolute), new()));

    private static async Task<StatusCode> CallAsync(X509Certificate2 serverCertificate, GrpcTlsOptions tls)
    {
        await using var server = await KestrelServer.ServeAsync((_, _, _) => Task.CompletedTask, listen => listen.UseHttps(serverCertificate));
        using var channel = server.Connect(new() { Tls = tls });
        return await StatusAsync(channel);
    }

    private static async Task<StatusCode> StatusAsync(GrpcChannel channel)
    {
        using var call = channel.DuplexStreaming(KestrelServer.Method);
        return (await call.StatusAsync()).StatusCode;
    }
}
