using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>What an operator sees of the egress, and what nobody may see.</summary>
public sealed class VisibilityTests : IDisposable
{
    private readonly TestCertificates _mesh = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("zoneway-egress-").FullName;

    public void Dispose()
    {
        _mesh.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_access_log_has_a_line_for_each_request()
    {
        var path = Path.Combine(_folder, "access.log");
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("ok"));
        var log = $$"""accessLog: [{typedConfig: {'@type': type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: '{{path}}', logFormat: {textFormatSource: {inlineString: "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL% %RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %REQUESTED_SERVER_NAME% %UPSTREAM_CLUSTER% %DOWNSTREAM_PEER_URI_SAN% %REQ(X-NONE)%\n" } } } }], """;
        await using var egress = await RunningEgress.StartAsync(new EgressResources(_mesh).Http(manager: log).Upstream(upstream.Address).ToString());
        using var http = new Sidecar(egress, _mesh.Issue("spiffe://default/web")).Http(HttpVersion.Version11);

        Assert.Equal("ok", await http.GetStringAsync("/path?q=1"));

        var line = "";
        await egress.UntilAsync(() => (line = File.Exists(path) ? File.ReadAllText(path) : "").EndsWith('\n'), "the log has a line");
        Assert.Equal("GET /path?q=1 HTTP/1.1 200 via_upstream httpbin{mesh=default} upstream spiffe://default/web -\n", line);
    }

    [Fact]
    public async Task A_chain_whose_secret_has_not_come_refuses_alone_and_is_named()
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var egress = await RunningEgress.StartAsync(
            new EgressResources(_mesh).Http().HttpWithSecret("waiting{mesh=default}", "identity_cert:secret:default").Upstream(upstream.Address).ToString());
        using var http = new Sidecar(egress, _mesh.Issue("spiffe://default/web")).Http(HttpVersion.Version11);
        Assert.Equal("ok", await http.GetStringAsync("/"));

        var refused = new Sidecar(egress, _mesh.Issue("spiffe://default/web"), "waiting{mesh=default}");
        await Assert.ThrowsAnyAsync<IOException>(() => refused.ConnectAsync());

        await egress.EndedAsync(SniRouter.Telemetry.ConnectionOutcome.TlsNotReady);
        var problem = Assert.Single(egress.Services.GetServices<Hosting.Lifetime.IReadinessDetail>().SelectMany(part => part.Problems));
        Assert.Contains("waiting_default", problem, StringComparison.Ordinal);
        Assert.Contains("'identity_cert:secret:default' has not been delivered", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_in_no_log_and_no_answer_of_the_admin_API()
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("ok"));
        using var client = _mesh.Issue("spiffe://default/web");
        var resources = new EgressResources(_mesh).Http().HttpWithSecret("secret{mesh=default}", "identity").Secret("identity", $"tlsCertificate: {EgressResources.Certificate(client)}")
            .HttpWithSecret("broken{mesh=default}", "broken").Secret("broken", $"tlsCertificate: {{certificateChain: {{inlineString: x}}, privateKey: {{inlineString: {EgressResources.Pem(KeyOf(client))} }} }}")
            .Upstream(upstream.Address, EgressResources.Tls($"tlsCertificates: [{EgressResources.Certificate(client)}]", "x")).ToString();
        var file = Path.Combine(_folder, "xds.yaml");
        await File.WriteAllTextAsync(file, resources);
        var work = Directory.CreateDirectory(Path.Combine(_folder, "work")).FullName;
        var (admin, readiness) = (ChildProgram.FreePort(), ChildProgram.FreePort());
        await using var program = ChildProgram.Start(
            new Dictionary<string, string>(StringComparer.Ordinal), "run", "--xds-file", file, "--work-dir", work, "--name", "ze-1", "--log-level", "trace", "--admin-port", $"{admin}", "--readiness-port", $"{readiness}");
        await program.AnswersAsync(readiness, "/ready", "READY");

        using var http = new HttpClient();
        var shown = program.Output;
        foreach (var path in (string[])["/config_dump?include_eds=true", "/certs", "/listeners", "/clusters?format=json", "/stats", "/stats/prometheus", "/server_info"])
        {
            shown += await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}{path}"));
        }

        // No file of the program has any of it either: what was received is kept in memory only.
        Assert.Empty(Directory.GetFiles(work, "*", SearchOption.AllDirectories));
        Assert.Contains("The secret broken cannot be used", shown, StringComparison.Ordinal);
        Assert.Contains("ListenersConfigDump", shown, StringComparison.Ordinal);
        Assert.Contains("DownstreamTlsContext", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", shown, StringComparison.Ordinal);
        foreach (var line in KeyOf(client).Split('\n')[1..^1])
        {
            Assert.DoesNotContain(line, shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_complained_about_without_its_keys()
    {
        using var client = _mesh.Issue("spiffe://default/web");
        var (key, file) = (KeyOf(client), Path.Combine(_folder, "xds.yaml"));
        // The key where an object, a number, a duration, base64 and a type are wanted, and YAML that ends in the middle of it.
        foreach (var content in (string[])["privateKey: KEY", "privateKey: {inlineBytes: KEY}", "KEY: 1", "privateKey: {inlineString: KEY, KEY: 1}", "certificateChain: {inlineString: KEY"])
        {
            await File.WriteAllTextAsync(file, $$"""
                resources:
                - name: identity
                  resource: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret, name: identity, tlsCertificate: { {{content.Replace("KEY", EgressResources.Pem(key), StringComparison.Ordinal)}} } }
                """);
            var (_, output) = await ChildProgram.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal), "validate", file);

            Assert.All(key.Split('\n')[1..^1], line => Assert.DoesNotContain(line, output, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_chain_that_is_not_ready_is_warned_about_once_however_many_connect()
    {
        var file = Path.Combine(_folder, "xds.yaml");
        await File.WriteAllTextAsync(file, new EgressResources(_mesh).HttpWithSecret("waiting{mesh=default}", "identity").Upstream(new IPEndPoint(IPAddress.Loopback, 1)).ToString());
        await using var program = ChildProgram.Start(
            new Dictionary<string, string>(StringComparer.Ordinal), "run", "--xds-file", file, "--name", "ze-1", "--admin-port", "0", "--readiness-port", "0");
        var address = await program.AcceptsAsync();

        for (var i = 0; i < 20; i++)
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(address);
            await using var tls = new System.Net.Security.SslStream(client.GetStream());
            await Assert.ThrowsAnyAsync<IOException>(() => tls.AuthenticateAsClientAsync("waiting{mesh=default}").WithinLimit());
        }

        await program.TerminateAsync();
        await program.ExitCodeAsync();
        Assert.Single(program.Output.Split('\n'), line => line.Contains("has not been delivered", StringComparison.Ordinal));
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }
}
