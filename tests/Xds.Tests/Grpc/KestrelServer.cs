using System.Net;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

/// <summary>An HTTP/2 server on a loopback port of its own, for gRPC handlers or for answers made by hand.</summary>
internal sealed class KestrelServer : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>The method all tests call; messages are bytes.</summary>
    public static readonly Method<BytesValue, BytesValue> Method = new("test.Interop", "Duplex", BytesValue.Parser, BytesValue.Parser);

    private readonly WebApplication _application;

    private KestrelServer(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.Single());

    /// <summary>Serves <see cref="Method"/> with a handler.</summary>
    public static Task<KestrelServer> ServeAsync(
        DuplexHandler<BytesValue, BytesValue> handler,
        Action<ListenOptions>? listen = null,
        int maxReceiveMessageBytes = 64 * 1024 * 1024) =>
        StartAsync(
            endpoints =>
            {
                endpoints.MapGrpcDuplex(Method.FullName, BytesValue.Parser, handler, maxReceiveMessageBytes);
                endpoints.MapGrpcFallback();
            },
            listen);

    /// <summary>Answers <see cref="Method"/> with whatever the delegate does.</summary>
    public static Task<KestrelServer> AnswerAsync(RequestDelegate answer, Action<ListenOptions>? listen = null) =>
        StartAsync(endpoints => endpoints.MapPost(Method.FullName, answer), listen);

    public static async Task<KestrelServer> StartAsync(Action<IEndpointRouteBuilder> map, Action<ListenOptions>? listen = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, options =>
        {
            options.Protocols = HttpProtocols.Http2;
            listen?.Invoke(options);
        }));
        var application = builder.Build();
        map(application);
        await application.StartAsync();
        return new KestrelServer(application);
    }

    /// <summary>Echoes every request.</summary>
    public static async Task EchoAsync(IAsyncStreamReader<BytesValue> requests, IServerStreamWriter<BytesValue> responses, ServerCallContext context)
    {
        await foreach (var request in requests.ReadAllAsync())
        {
            await responses.WriteAsync(request);
        }
    }

    public static BytesValue Message(params ReadOnlySpan<byte> bytes) => new() { Value = ByteString.CopyFrom(bytes) };

    public GrpcChannel Connect(GrpcChannelOptions? options = null) => GrpcChannel.ForAddress(Address, options ?? new());

    public Task StopAsync() => _application.StopAsync();

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
