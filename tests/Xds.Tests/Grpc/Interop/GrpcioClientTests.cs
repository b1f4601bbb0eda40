using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Zoneway.TestUtilities;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc.Interop;

/// <summary>Foreign client, own server.</summary>
public sealed class GrpcioClientTests
{
    private static readonly string[] Cases =
    [
        "ping_pong", "empty_stream", "empty_message", "large_message", "thousand_messages", "metadata",
        "status_with_text", "unknown_method", "deadline", "cancel", "oversize", "gzip",
    ];

    [GrpcioFact]
    public async Task Client_WithoutTls_PassesItsCases()
    {
        await using var server = await KestrelServer.ServeAsync(ServeAsync, maxReceiveMessageBytes: 32 * 1024 * 1024);
        await using var client = GrpcioScript.Start("grpcio_client.py", server.Address.Authority);

        Assert.Equal(Cases, await client.ReadToEndAsync());
    }

    [GrpcioFact]
    public async Task Client_MutualTls_PassesItsCases()
    {
        using var authority = new TestCertificates();
        using var files = new PemFiles(authority.Issue("spiffe://default/client"), authority.Authority);
        await using var server = await KestrelServer.ServeAsync(
            ServeAsync,
            listen => listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = authority.Issue("127.0.0.1"),
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (certificate, _, _) => certificate.Issuer == authority.Authority.Subject,
            }),
            maxReceiveMessageBytes: 32 * 1024 * 1024);
        await using var client = GrpcioScript.Start("grpcio_client.py", [server.Address.Authority, .. files.Paths]);

        Assert.Equal(Cases, await client.ReadToEndAsync());
    }

    private static Task ServeAsync(IAsyncStreamReader<BytesValue> requests, IServerStreamWriter<BytesValue> responses, ServerCallContext context)
    {
        if (context.RequestHeaders.GetValue("fail") is not null)
        {
            throw new RpcException(new(StatusCode.PermissionDenied, "100 % ünwanted"));
        }

        context.ResponseTrailers.Add("seen", context.RequestHeaders.GetValue("authorization") ?? "nothing");
        return KestrelServer.EchoAsync(requests, responses, context);
    }
}
