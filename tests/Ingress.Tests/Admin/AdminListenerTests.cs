using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Zoneway.Ingress.Tests.EndToEnd;
using Zoneway.SniRouter;
using Zoneway.TestUtilities;

namespace Zoneway.Ingress.Tests.Admin;

/// <summary>The admin listener that a Kuma control plane sends (protocol §9.2): plain <c>/ready</c>, and all of the admin API for the control plane's certificate alone.</summary>
public sealed class AdminListenerTests : IDisposable
{
    private const string Name = "kuma:envoy:admin";

    private readonly TestCertificates _authority = new();
    private readonly TestCertificates _otherAuthority = new("another authority");
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zoneway-");

    public void Dispose()
    {
        _authority.Dispose();
        _otherAuthority.Dispose();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData(DataPath.Auto)]
    [InlineData(DataPath.Portable)]
    public async Task Tls_CertificateOfTheControlPlane_GetsTheAdminApi(DataPath dataPath)
    {
        await using var proxy = await StartAsync(dataPath);
        using var certificate = _authority.Issue("kuma-cp");
        using var client = Client(certificate);

        var dump = await client.GetStringAsync(new Uri($"https://{proxy.Bound(Name)}/config_dump"));
        var certs = await client.GetStringAsync(new Uri($"https://{proxy.Bound(Name)}/certs"));
        var stats = await client.GetStringAsync(new Uri($"https://{proxy.Bound(Name)}/stats"));

        Assert.Contains("ListenersConfigDump", dump, StringComparison.Ordinal);
        Assert.Contains("W3JlZGFjdGVkXQ==", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", dump, StringComparison.Ordinal);
        Assert.Contains("\"ip_address\": \"127.0.0.1\"", certs, StringComparison.Ordinal);
        Assert.Contains("server.live: 1", stats, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DataPath.Auto)]
    [InlineData(DataPath.Portable)]
    public async Task Plain_OnlyReadyIsServed(DataPath dataPath)
    {
        await using var proxy = await StartAsync(dataPath);
        using var client = new HttpClient { Timeout = Eventually.Limit };

        var ready = await client.GetStringAsync(new Uri($"http://{proxy.Bound(Name)}/ready"));
        using var dump = await client.GetAsync(new Uri($"http://{proxy.Bound(Name)}/config_dump"));
        using var quit = await client.PostAsync(new Uri($"http://{proxy.Bound(Name)}/quitquitquit"), null);

        Assert.Equal("READY", ready);
        Assert.Equal(HttpStatusCode.NotFound, dump.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, quit.StatusCode);
    }

    [Fact]
    public async Task Tls_NoCertificate_IsRefused()
    {
        await using var proxy = await StartAsync();
        using var client = Client(null);

        await AssertRefusedAsync(proxy, client);
    }

    [Theory]
    [InlineData("kuma-cp.example")]
    [InlineData("KUMA-CP")]
    [InlineData("spiffe://kuma-cp")]
    public async Task Tls_OtherName_IsRefused(string name)
    {
        await using var proxy = await StartAsync();
        using var certificate = _authority.Issue(name);
        using var client = Client(certificate);

        await AssertRefusedAsync(proxy, client);
    }

    [Fact]
    public async Task Tls_OtherAuthority_IsRefused()
    {
        await using var proxy = await StartAsync();
        using var certificate = _otherAuthority.Issue("kuma-cp");
        using var client = Client(certificate);

        await AssertRefusedAsync(proxy, client);
    }

    [Fact]
    public async Task Tls_NewListenerVersion_NewCertificateAndOpenConnectionsStay()
    {
        var path = Path.Combine(_directory.FullName, "resources.yaml");
        using var first = _authority.Issue("127.0.0.1");
        using var second = _authority.Issue("127.0.0.1");
        await File.WriteAllTextAsync(path, Resources(first));
        await using var proxy = new RunningProxy(RunningProxy.FollowFile(path));
        await proxy.ReadinessAsync("READY");
        using var certificate = _authority.Issue("kuma-cp");
        string? seen = null;
        using var open = Client(certificate, server => seen = server.Thumbprint);
        await open.GetStringAsync(new Uri($"https://{proxy.Bound(Name)}/ready"));
        Assert.Equal(first.Thumbprint, seen);

        await File.WriteAllTextAsync(path, Resources(second));
        string? seenByOthers = null;
        await RunningProxy.UntilAsync(
            async () =>
            {
                using var other = Client(certificate, server => seenByOthers = server.Thumbprint);
                await other.GetStringAsync(new Uri($"https://{proxy.Bound(Name)}/ready"));
                return seenByOthers == second.Thumbprint;
            },
            "the new certificate is shown");
        seen = null;
        await open.GetStringAsync(new Uri($"https://{proxy.Bound(Name)}/ready"));

        Assert.Null(seen);
    }

    private static async Task AssertRefusedAsync(RunningProxy proxy, HttpClient client)
    {
        // With TLS 1.3 the client learns of the refusal only when it reads.
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"https://{proxy.Bound(Name)}/ready")));
    }

    private async Task<RunningProxy> StartAsync(DataPath dataPath = DataPath.Auto)
    {
        var path = Path.Combine(_directory.FullName, "resources.yaml");
        using var server = _authority.Issue("127.0.0.1");
        await File.WriteAllTextAsync(path, Resources(server));
        var proxy = new RunningProxy(RunningProxy.FollowFile(path, dataPath));
        await proxy.ReadinessAsync("READY");
        await RunningProxy.UntilAsync(() => Task.FromResult(proxy.Bound(Name) is not null), "the admin listener is bound");
        return proxy;
    }

    private HttpClient Client(X509Certificate2? certificate, Action<X509Certificate2>? onServer = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            ClientCertificates = certificate is null ? [] : [certificate],
            RemoteCertificateValidationCallback = (_, server, _, _) =>
            {
                onServer?.Invoke((X509Certificate2)server!);
                return server!.Issuer == _authority.Authority.Subject;
            },
        };
        return new HttpClient(new SocketsHttpHandler { SslOptions = options }) { Timeout = Eventually.Limit };
    }

    private string Resources(X509Certificate2 server)
    {
        var chain = Base64(server.ExportCertificatePem());
        var key = Base64(server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var ca = Base64(_authority.Authority.ExportCertificatePem());
        return $$$"""
            resources:
            - name: in
              resource:
                '@type': type.googleapis.com/envoy.config.listener.v3.Listener
                name: in
                address: {socketAddress: {address: 127.0.0.1, portValue: 0}}
                filterChains: [{filters: [{name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config}}]}]
            - name: "{{{Name}}}"
              resource:
                '@type': type.googleapis.com/envoy.config.listener.v3.Listener
                name: "{{{Name}}}"
                address: {socketAddress: {address: 127.0.0.1, portValue: 0}}
                listenerFilters: [{name: inspector, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}]
                filterChains:
                - filters: [{{{Routes("/ready", "kuma:readiness")}}}]
                - filterChainMatch: {transportProtocol: tls}
                  filters: [{{{Routes("/", Name)}}}]
                  transportSocket:
                    name: tls
                    typedConfig:
                      '@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      requireClientCertificate: true
                      commonTlsContext:
                        tlsCertificates: [{certificateChain: {inlineBytes: {{{chain}}} }, privateKey: {inlineBytes: {{{key}}} } }]
                        validationContext: {trustedCa: {inlineBytes: {{{ca}}} }, matchTypedSubjectAltNames: [{sanType: DNS, matcher: {exact: kuma-cp}}]}
            """;
    }

    private static string Routes(string prefix, string cluster) => $$$"""
        {name: http, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, statPrefix: admin, routeConfig: {virtualHosts: [{name: admin, domains: ['*'], routes: [{match: {prefix: {{{prefix}}} }, route: {cluster: '{{{cluster}}}', prefixRewrite: {{{prefix}}} } }] }] } } }
        """;

    private static string Base64(string pem) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(pem));
}
