using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Envoy.Service.Discovery.V3;
using Zoneway.Xds.Grpc;
using Zoneway.ZoneControlPlane.Tests.Support;
using static Zoneway.ZoneControlPlane.Tests.Ads.TestSnapshots;

namespace Zoneway.ZoneControlPlane.Tests.Bootstrap;

/// <summary>Bootstrap and ADS over TLS, where the name by which the control plane was reached has to fit its certificate.</summary>
public sealed class BootstrapTlsTests : IAsyncLifetime, IDisposable
{
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private RunningControlPlane _controlPlane = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        var resources = SampleResources.Egress("ze-1", "west");
        var tls = new GrpcTlsOptions { TrustedRoots = [_certificate] };
        _controlPlane = await RunningControlPlane.StartAsync(resources, options => options with { Certificate = _certificate }, channel: new GrpcChannelOptions { Tls = tls });
        _client = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust() } })
        {
            BaseAddress = _controlPlane.Address,
            Timeout = TestLimits.Wait,
        };
    }

    public async Task DisposeAsync() => await _controlPlane.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    public async Task Post_OverTls_HandsOutTheCaAndTheNameToExpect()
    {
        using var response = await _client.PostAsJsonAsync("/bootstrap", new { name = "ze-1", proxyType = "egress" });

        var document = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("sanType: IP_ADDRESS", document, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(_certificate.ExportCertificatePem())), document, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("elsewhere.test", "", "is not among the names")]
    [InlineData("127.0.0.1", "no pem", "caCert is not a CA certificate")]
    public async Task Post_NameOrCaThatDoesNotFit_IsABadRequest(string host, string caCert, string reason)
    {
        // HttpClient would take the Host header for the TLS name too; kuma-dp does not when it skips verification.
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _controlPlane.Address.Port, TestLimits.Token);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", CertificateChainPolicy = Trust() }, TestLimits.Token);
        var body = $$"""{"name":"ze-1","proxyType":"egress","caCert":"{{caCert}}"}""";
        var request = $"POST /bootstrap HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await tls.WriteAsync(System.Text.Encoding.ASCII.GetBytes(request), TestLimits.Token);

        var answer = await new StreamReader(tls).ReadToEndAsync(TestLimits.Token);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains(reason, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ads_OverTls_IsServed()
    {
        using var stream = _controlPlane.OpenSotw();
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Clusters, Node = TestNodes.Egress("ze-1") });

        Assert.Empty((await stream.ReceiveAsync()).Resources);
    }

    private X509ChainPolicy Trust() =>
        new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { _certificate }, RevocationMode = X509RevocationMode.NoCheck };

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=control plane", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
    }
}
