using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Health;
using Zoneway.SniRouter.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Clusters.Health;

/// <summary>What is asked of an endpoint, and which answers count as what. Against Kestrel, and over plain sockets where Kestrel would not misbehave.</summary>
public sealed class HealthProbeTests
{
    private const HealthCheckStatus Passed = HealthCheckStatus.Passed;
    private const HealthCheckStatus Failed = HealthCheckStatus.Failed;
    private const HealthCheckStatus Unreachable = HealthCheckStatus.Unreachable;

    private static readonly HttpHealthProbe Http = new() { Path = "/health?a=b" };
    private static readonly byte[] ServingAnswer = [0, 0, 0, 0, 2, 8, 1];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Http_SendsWhatIsConfigured(bool isHttp2)
    {
        var seen = new List<string>();
        await using var server = await HealthServer.StartAsync(isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1, context =>
        {
            seen.Add($"{context.Request.Protocol} {context.Request.Method} {context.Request.Host} {context.Request.Path}{context.Request.QueryString} {context.Request.Headers["x-one"]} {context.Request.Headers.UserAgent}");
            return Task.CompletedTask;
        });
        using var probe = Probe(server.Address, Http with { IsHttp2 = isHttp2, Host = "health.test:81", Headers = [KeyValuePair.Create("x-one", "1")] });

        Assert.Equal(Passed, (await CheckAsync(probe)).Status);

        Assert.Equal([$"{(isHttp2 ? "HTTP/2" : "HTTP/1.1")} GET health.test:81 /health?a=b 1 Zoneway/HC"], seen);
    }

    [Theory]
    [InlineData("kri_extsvc_default___example_9000", "kri_extsvc_default___example_9000")]
    [InlineData("default:backend", null)]
    public async Task Http_NoHost_SendsTheClustersNameWhereThatCanBeOne(string cluster, string? expected)
    {
        var seen = "";
        await using var server = await HealthServer.StartAsync(HttpProtocols.Http1, context =>
        {
            seen = context.Request.Host.Value;
            return Task.CompletedTask;
        });
        using var probe = Probe(server.Address, Http, cluster: new ClusterConfig { Name = cluster });

        Assert.Equal(Passed, (await CheckAsync(probe)).Status);

        Assert.Equal(expected ?? server.Address.ToString(), seen);
    }

    [Theory]
    [InlineData(200, Passed)]
    [InlineData(204, Passed)]
    [InlineData(205, Failed)]
    [InlineData(301, Failed)]
    [InlineData(503, Failed)]
    public async Task Http_StatusDecides(int status, object expected)
    {
        await using var server = await HealthServer.StartAsync(HttpProtocols.Http1, context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });
        using var probe = Probe(server.Address, Http with { ExpectedStatuses = [(200, 201), (204, 205)] });

        Assert.Equal(expected, (await CheckAsync(probe)).Status);
    }

    [Theory]
    [InlineData(false, true, 1)]
    [InlineData(false, false, 3)]
    [InlineData(true, true, 1)]
    [InlineData(true, false, 3)]
    public async Task Http_Connection_IsReusedWhereWanted(bool isHttp2, bool reuses, int connections)
    {
        var seen = new HashSet<string>();
        await using var server = await HealthServer.StartAsync(isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1, context =>
        {
            seen.Add(context.Connection.Id);
            return context.Response.WriteAsync("well");
        });
        using var probe = Probe(server.Address, Http with { IsHttp2 = isHttp2 }, config => config with { ReusesConnection = reuses });

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Passed, (await CheckAsync(probe)).Status);
        }

        Assert.Equal(connections, seen.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 ")]
    [InlineData("garbage\r\n\r\n")]
    public async Task Http_NoAnswer_IsUnreachable(string answer)
    {
        using var upstream = new ScriptedUpstream();
        using var probe = Probe(upstream.Address, Http);

        var checking = Task.Run(() => EndpointOf(probe));
        using (var connection = await upstream.AcceptAsync())
        {
            // The client may try once more; nobody is there then.
            upstream.Dispose();
            await connection.SendAsync(answer);
        }

        Assert.Equal(Unreachable, (await checking.WithinLimit()).Status);
    }

    [Fact]
    public async Task Grpc_Serving_Passes()
    {
        var seen = "";
        var body = Array.Empty<byte>();
        await using var server = await HealthServer.StartAsync(HttpProtocols.Http2, async context =>
        {
            using var copy = new MemoryStream();
            await context.Request.Body.CopyToAsync(copy);
            body = copy.ToArray();
            seen = $"{context.Request.Method} {context.Request.Path} {context.Request.Host} {context.Request.ContentType} {context.Request.Headers.TE}";
            await AnswerGrpcAsync(context, ServingAnswer, "0");
        });
        using var probe = Probe(server.Address, new GrpcHealthProbe(new string('s', 200), "authority.test"));

        Assert.Equal(Passed, (await CheckAsync(probe)).Status);

        Assert.Equal("POST /grpc.health.v1.Health/Check authority.test application/grpc trailers", seen);
        Assert.Equal([0, 0, 0, 0, 203, 0x0A, 0xC8, 0x01, .. Enumerable.Repeat((byte)'s', 200)], body);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 8, 2 }, "0")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0 }, "0")]
    [InlineData(new byte[] { 1, 0, 0, 0, 2, 8, 1 }, "0")]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 8 }, "0")]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 8, 1 }, "14")]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 8, 1 }, null)]
    [InlineData(new byte[] { }, "12")]
    public async Task Grpc_AnythingElse_Fails(byte[] answer, string? status)
    {
        await using var server = await HealthServer.StartAsync(HttpProtocols.Http2, context => AnswerGrpcAsync(context, answer, status));
        using var probe = Probe(server.Address, new GrpcHealthProbe("", ""));

        Assert.Equal(Failed, (await CheckAsync(probe)).Status);
    }

    [Fact]
    public async Task Grpc_EndlessAnswer_Fails()
    {
        await using var server = await HealthServer.StartAsync(HttpProtocols.Http2, context => AnswerGrpcAsync(context, new byte[100_000], "0"));
        using var probe = Probe(server.Address, new GrpcHealthProbe("", ""));

        Assert.Equal(Failed, (await CheckAsync(probe)).Status);
    }

    [Fact]
    public async Task Tcp_WrongAnswer_IsUnreachable()
    {
        using var upstream = new ScriptedUpstream();
        using var probe = Probe(upstream.Address, new TcpHealthProbe(default, [new byte[] { 1 }, new byte[] { 2 }]));

        var checking = Task.Run(() => EndpointOf(probe));
        using (var connection = await upstream.AcceptAsync())
        {
            await connection.SendAsync(new byte[] { 2, 1 });
        }

        Assert.Equal(Unreachable, (await checking.WithinLimit()).Status);
    }

    [Fact]
    public async Task Tls_NothingSpeaksIt_OnlyConnects()
    {
        using var upstream = new ScriptedUpstream();
        using var probe = Probe(upstream.Address, Http, cluster: TlsCluster);

        Assert.Equal(Passed, (await CheckAsync(probe)).Status);
    }

    [Fact]
    public async Task Tls_IsSpokenByWhoCan()
    {
        await using var server = await HealthServer.StartAsync(HttpProtocols.Http2, static _ => Task.CompletedTask);
        var security = new RecordingSecurity("");
        using var probe = Probe(server.Address, Http with { IsHttp2 = true }, cluster: TlsCluster, security: security);

        Assert.Equal(Passed, (await CheckAsync(probe)).Status);

        Assert.Equal([SslApplicationProtocol.Http2], security.Protocols);
    }

    [Fact]
    public async Task Tls_Refused_IsUnreachable()
    {
        using var upstream = new ScriptedUpstream();
        using var probe = Probe(upstream.Address, Http, cluster: TlsCluster, security: new RecordingSecurity("the certificate has expired"));

        Assert.Equal(HealthCheckResult.Unreachable("TLS failed: the certificate has expired"), await CheckAsync(probe));
    }

    private static ClusterConfig TlsCluster => new() { Name = "c", TransportSockets = [new TransportSocketMatch("tls", EndpointMetadata.Empty, new UpstreamTlsConfig { Context = new TlsContextConfig() })] };

    private static async Task AnswerGrpcAsync(HttpContext context, byte[] answer, string? status)
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(answer);
        if (status is not null)
        {
            context.Features.Get<IHttpResponseTrailersFeature>()!.Trailers["grpc-status"] = status;
        }
    }

    private static HealthProbe Probe(
        IPEndPoint address, HealthProbeConfig probe, Func<HealthCheckConfig, HealthCheckConfig>? change = null, ClusterConfig? cluster = null, IUpstreamSecurity? security = null)
    {
        var config = new HealthCheckConfig { Probe = probe, Timeout = Eventually.Limit, Interval = Eventually.Limit, HealthyThreshold = 1, UnhealthyThreshold = 1 };
        var monitoring = new HealthMonitoring(new UpstreamConnector(TimeProvider.System), TimeProvider.System, NullLogger<HealthMonitoring>.Instance, security);
        var endpoint = new UpstreamEndpoint(new EndpointConfig { Address = address }, new LocalityEndpoints(), new EndpointState());
        cluster = (cluster ?? new ClusterConfig { Name = "c" }) with { ConnectTimeout = Eventually.Limit };
        return HealthProbe.Create(change?.Invoke(config) ?? config, new HealthCheckDialer(monitoring, cluster, endpoint, 0));
    }

    private static async Task<HealthCheckResult> CheckAsync(HealthProbe probe) => await EndpointOf(probe).WithinLimit();

    // As a running check does: what is thrown is a missing answer.
    private static async Task<HealthCheckResult> EndpointOf(HealthProbe probe)
    {
        try
        {
            return await probe.CheckAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return HealthCheckResult.Unreachable(exception.GetBaseException().Message);
        }
    }

    private sealed class RecordingSecurity(string problem) : IUpstreamSecurity
    {
        public List<SslApplicationProtocol?> Protocols { get; } = [];

        public ValueTask<(Stream? Stream, string Problem)> AuthenticateAsync(
            Stream stream, ClusterConfig cluster, UpstreamEndpoint endpoint, SslApplicationProtocol? protocol, CancellationToken cancellationToken)
        {
            Protocols.Add(protocol);
            return ValueTask.FromResult(problem.Length == 0 ? (stream, "") : ((Stream?)null, problem));
        }
    }
}
