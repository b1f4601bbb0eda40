using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>Who gets in, and who is refused with nothing of it reaching the service.</summary>
public sealed class WhoMayEnterTests : IDisposable
{
    private readonly TestCertificates _mesh = new();
    private int _requests;

    public static TheoryData<DataPath, SslProtocols> PathsAndVersions => new()
    {
        { DataPath.Auto, SslProtocols.Tls12 },
        { DataPath.Auto, SslProtocols.Tls13 },
        { DataPath.Portable, SslProtocols.Tls13 },
    };

    public void Dispose() => _mesh.Dispose();

    [Theory]
    [MemberData(nameof(PathsAndVersions))]
    public async Task A_client_of_the_mesh_gets_in_with_TLS_1_2_and_1_3(DataPath dataPath, SslProtocols version)
    {
        await using var upstream = await StartUpstreamAsync();
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh).Tcp().Upstream(upstream.Address).ToString(), dataPath);

        await using var tls = await new Sidecar(egress, _mesh.Issue("spiffe://default/web")).ConnectAsync(version);
        await tls.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        Assert.NotEqual(0, await tls.ReadAsync(new byte[100]));
        Assert.Equal(version, tls.SslProtocol);
    }

    [Theory]
    [MemberData(nameof(PathsAndVersions))]
    public async Task A_client_without_a_certificate_is_refused(DataPath dataPath, SslProtocols version) =>
        await AssertRefusedAsync(null, ConnectionOutcome.ClientCertificateMissing, dataPath, version);

    [Theory]
    [MemberData(nameof(PathsAndVersions))]
    public async Task A_client_of_another_CA_is_refused(DataPath dataPath, SslProtocols version)
    {
        using var other = new TestCertificates();
        await AssertRefusedAsync(other.Issue("spiffe://default/web"), ConnectionOutcome.ClientCertificateRefused, dataPath, version);
    }

    [Fact]
    public async Task A_client_of_a_CA_of_the_same_name_is_refused()
    {
        using var other = new TestCertificates(_mesh.Authority.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        await AssertRefusedAsync(other.Issue("spiffe://default/web"), ConnectionOutcome.ClientCertificateRefused);
    }

    [Theory]
    [MemberData(nameof(PathsAndVersions))]
    public async Task A_client_of_another_mesh_is_refused(DataPath dataPath, SslProtocols version) =>
        await AssertRefusedAsync(_mesh.Issue("spiffe://default2/web"), ConnectionOutcome.ClientCertificateRefused, dataPath, version);

    [Fact]
    public async Task A_client_whose_DNS_name_looks_like_the_id_is_refused() =>
        await AssertRefusedAsync(_mesh.Issue("spiffe.default.web"), ConnectionOutcome.ClientCertificateRefused);

    [Fact]
    public async Task A_client_whose_certificate_has_expired_is_refused() =>
        await AssertRefusedAsync(Issue(TimeSpan.FromMinutes(-50), TimeSpan.FromMinutes(-5)), ConnectionOutcome.ClientCertificateRefused);

    [Fact]
    public async Task A_client_whose_certificate_is_not_valid_yet_is_refused() =>
        await AssertRefusedAsync(Issue(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(50)), ConnectionOutcome.ClientCertificateRefused);

    [Fact]
    public async Task A_client_whose_certificate_is_for_servers_only_is_refused() =>
        await AssertRefusedAsync(Issue(TimeSpan.FromMinutes(-5), TimeSpan.FromMinutes(50), "1.3.6.1.5.5.7.3.1"), ConnectionOutcome.ClientCertificateRefused);

    [Theory]
    [InlineData(DataPath.Auto)]
    [InlineData(DataPath.Portable)]
    public async Task Access_control_of_the_chain_refuses_another_service(DataPath dataPath)
    {
        await using var upstream = await StartUpstreamAsync();
        await using var egress = await RunningEgress.StartAsync(
            new EgressResources(_mesh).Tcp(EgressResources.Allow("spiffe://default/web")).Upstream(upstream.Address).ToString(), dataPath);

        await using var tls = await new Sidecar(egress, _mesh.Issue("spiffe://default/webs")).ConnectAsync();
        await AssertClosedAsync(tls);
        await egress.EndedAsync(ConnectionOutcome.AccessDenied);
        Assert.Equal(0, _requests);

        await using var allowed = await new Sidecar(egress, _mesh.Issue("spiffe://default/web")).ConnectAsync();
        await allowed.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        Assert.NotEqual(0, await allowed.ReadAsync(new byte[100]));
    }

    [Theory]
    [InlineData(DataPath.Auto)]
    [InlineData(DataPath.Portable)]
    public async Task Rate_limit_of_the_chain_refuses_a_connection_too_many(DataPath dataPath)
    {
        // By Kuma's name for the filter, behind access control.
        const string Limit = "      - {name: envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit, statPrefix: tcp_rate_limit, tokenBucket: {maxTokens: 1, tokensPerFill: 1, fillInterval: 86400s}}}";
        await using var upstream = await StartUpstreamAsync();
        await using var egress = await RunningEgress.StartAsync(
            new EgressResources(_mesh).Tcp($"{EgressResources.Allow("spiffe://default/web")}\n{Limit}").Upstream(upstream.Address).ToString(), dataPath);
        var web = new Sidecar(egress, _mesh.Issue("spiffe://default/web"));

        await using var first = await web.ConnectAsync();
        await first.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        Assert.NotEqual(0, await first.ReadAsync(new byte[100]));

        await Assert.ThrowsAnyAsync<IOException>(() => web.ConnectAsync());
        await egress.EndedAsync(ConnectionOutcome.RateLimited);
        Assert.Equal(1, _requests);
    }

    [Fact]
    public async Task Access_control_of_HTTP_answers_another_service_with_403_and_names_it()
    {
        await using var upstream = await StartUpstreamAsync();
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh)
            .Http(filters: $$"""{name: rbac, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC, rules: {{EgressResources.Rules("spiffe://default/web")}} } },""")
            .Upstream(upstream.Address).ToString());

        using var denied = new Sidecar(egress, _mesh.Issue("spiffe://default/other")).Http(HttpVersion.Version11);
        using var response = await denied.GetAsync("/");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("spiffe://default/other", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, _requests);

        using var allowed = new Sidecar(egress, _mesh.Issue("spiffe://default/web")).Http(HttpVersion.Version11);
        Assert.Equal("ok", await allowed.GetStringAsync("/"));
    }

    [Fact]
    public async Task Rules_without_a_policy_refuse_everyone()
    {
        await using var upstream = await StartUpstreamAsync();
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh)
            .Http(filters: "{name: rbac, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC, rules: {}}},").Upstream(upstream.Address).ToString());
        using var http = new Sidecar(egress, _mesh.Issue("spiffe://default/web")).Http(HttpVersion.Version11);

        using var response = await http.GetAsync("/");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(0, _requests);
    }

    private async Task AssertRefusedAsync(X509Certificate2? certificate, ConnectionOutcome outcome, DataPath dataPath = DataPath.Auto, SslProtocols version = SslProtocols.Tls13)
    {
        await using var upstream = await StartUpstreamAsync();
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh).Http().Upstream(upstream.Address).ToString(), dataPath);

        try
        {
            // With TLS 1.3 the client learns of it only with what it reads next.
            await using var tls = await new Sidecar(egress, certificate).ConnectAsync(version);
            await AssertClosedAsync(tls);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            // As it should be.
        }

        await egress.EndedAsync(outcome);
        Assert.Equal(0, _requests);
    }

    private static async Task AssertClosedAsync(Stream stream)
    {
        try
        {
            await stream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            Assert.Equal(0, await stream.ReadAsync(new byte[100], limit.Token));
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // Closed with an alert or a reset.
        }
    }

    private Task<TestUpstream> StartUpstreamAsync() => TestUpstream.StartAsync(context =>
    {
        Interlocked.Increment(ref _requests);
        return context.Response.WriteAsync("ok");
    });

    private X509Certificate2 Issue(TimeSpan from, TimeSpan to, string usage = "1.3.6.1.5.5.7.3.2")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("spiffe://default/web"));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(_mesh.Authority, now + from, now + to, [1, 2, 3]);
        return certificate.CopyWithPrivateKey(key);
    }
}
