using System.Net.Security;
using System.Security.Cryptography;
using Google.Protobuf.WellKnownTypes;
using Zoneway.TestUtilities;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc.Interop;

/// <summary>Own client, foreign server.</summary>
public sealed class GrpcioServerTests
{
    [GrpcioTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Echo_ManySizes_ComeBackUnchanged(bool mutualTls)
    {
        using var authority = new TestCertificates();
        using var files = new PemFiles(authority.Issue("127.0.0.1"), authority.Authority);
        await using var server = GrpcioScript.Start("grpcio_server.py", mutualTls ? files.Paths : []);
        using var channel = await ConnectAsync(server, mutualTls ? ClientOf(authority) : null);
        using var call = channel.DuplexStreaming(MethodOf("Echo"));

        foreach (var size in (int[])[0, 1, 100_000, 16 * 1024 * 1024, .. Enumerable.Repeat(10, 200)])
        {
            var message = KestrelServer.Message(RandomNumberGenerator.GetBytes(size));
            await call.RequestStream.WriteAsync(message).WaitAsync(KestrelServer.Limit);
            Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(KestrelServer.Limit));
            Assert.Equal(message, call.ResponseStream.Current);
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(Status.DefaultSuccess, await call.StatusAsync());
    }

    [GrpcioFact]
    public async Task Echo_ThousandMessagesThenEnd_AllComeBack()
    {
        await using var server = GrpcioScript.Start("grpcio_server.py");
        using var channel = await ConnectAsync(server);
        using var call = channel.DuplexStreaming(MethodOf("Echo"));
        var messages = Enumerable.Range(0, 1000).Select(i => KestrelServer.Message(BitConverter.GetBytes(i))).ToList();

        foreach (var message in messages)
        {
            await call.RequestStream.WriteAsync(message).WaitAsync(KestrelServer.Limit);
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(messages, await call.ResponseStream.ReadAllAsync().ToListAsync().AsTask().WaitAsync(KestrelServer.Limit));
    }

    [GrpcioTheory]
    [InlineData("Refuse", StatusCode.PermissionDenied, "100 % ünwanted")]
    [InlineData("FailMidStream", StatusCode.DataLoss, "mid stream")]
    [InlineData("EndEarly", StatusCode.OK, "")]
    [InlineData("Other", StatusCode.Unimplemented, "Method not found!")]
    internal async Task Status_OfServer_Arrives(string method, StatusCode expected, string detail)
    {
        await using var server = GrpcioScript.Start("grpcio_server.py");
        using var channel = await ConnectAsync(server);
        using var call = channel.DuplexStreaming(MethodOf(method));

        _ = await Record.ExceptionAsync(() => call.RequestStream.WriteAsync(KestrelServer.Message(1)).WaitAsync(KestrelServer.Limit));

        Assert.Equal(new Status(expected, detail), await call.StatusAsync());
        Assert.Equal(method == "Refuse" ? "test" : null, call.GetTrailers().GetValue("why"));
    }

    [GrpcioFact]
    public async Task Deadline_SilentServer_GivesDeadlineExceeded()
    {
        await using var server = GrpcioScript.Start("grpcio_server.py");
        using var channel = await ConnectAsync(server);
        using var call = channel.DuplexStreaming(MethodOf("SayNothing"), new() { Deadline = TimeProvider.System.GetUtcNow().AddMilliseconds(300) });

        Assert.Equal(StatusCode.DeadlineExceeded, (await call.StatusAsync()).StatusCode);
    }

    [GrpcioFact]
    public async Task ServerKilled_MidStream_GivesUnavailable()
    {
        await using var server = GrpcioScript.Start("grpcio_server.py");
        using var channel = await ConnectAsync(server);
        using var call = channel.DuplexStreaming(MethodOf("Echo"));
        await call.EchoOnceAsync();

        server.Kill();

        Assert.Equal(StatusCode.Unavailable, (await call.StatusAsync()).StatusCode);
    }

    [GrpcioFact]
    public async Task ServerStopsWithGrace_StreamLivesUntilTheGraceIsOver_ThenUnavailable()
    {
        await using var server = GrpcioScript.Start("grpcio_server.py");
        using var channel = await ConnectAsync(server);
        using var call = channel.DuplexStreaming(MethodOf("Echo"));
        await call.EchoOnceAsync();

        await server.WriteLineAsync("stop");

        Assert.Equal(StatusCode.Unavailable, (await call.StatusAsync()).StatusCode);
        Assert.Equal("stopped", await server.ReadLineAsync());
        using var next = channel.DuplexStreaming(MethodOf("Echo"));
        Assert.Equal(StatusCode.Unavailable, (await next.StatusAsync()).StatusCode);
    }

    private static Method<BytesValue, BytesValue> MethodOf(string name) => KestrelServer.Method with { Name = name };

    private static async Task<GrpcChannel> ConnectAsync(GrpcioScript server, GrpcTlsOptions? tls = null)
    {
        var port = await server.ReadLineAsync();
        return GrpcChannel.ForAddress(new Uri($"{(tls is null ? "http" : "https")}://127.0.0.1:{port}"), new() { Tls = tls ?? new() });
    }

    private static GrpcTlsOptions ClientOf(TestCertificates authority) => new()
    {
        TrustedRoots = authority.Roots,
        ClientCertificate = SslStreamCertificateContext.Create(authority.Issue("spiffe://default/zone-ingress"), null, offline: true),
    };
}
