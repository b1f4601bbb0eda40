using System.Net;
using System.Threading.Channels;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;

namespace Zoneway.TestUtilities.Ads;

/// <summary>A control plane on a loopback port, HTTP/2 without TLS, whose streams are played by a test. Serves both variants.</summary>
internal sealed class ScriptedControlPlane : IAsyncDisposable
{
    private readonly Channel<ScriptedStream> _streams = Channel.CreateUnbounded<ScriptedStream>();
    private readonly WebApplication _application;

    private ScriptedControlPlane(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        _application = builder.Build();
        _application.MapGrpcDuplex(
            AdsMethods.StateOfTheWorld.FullName,
            AdsMethods.StateOfTheWorld.RequestParser,
            Handler<DiscoveryRequest, DiscoveryResponse>(XdsVariant.StateOfTheWorld, ScriptedRequest.From, response => response.ToStateOfTheWorld()));
        _application.MapGrpcDuplex(
            AdsMethods.Delta.FullName,
            AdsMethods.Delta.RequestParser,
            Handler<DeltaDiscoveryRequest, DeltaDiscoveryResponse>(XdsVariant.Delta, ScriptedRequest.From, response => response.ToDelta()));
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_application.Urls.Single());

    /// <summary>Starts it on a free port, or on one that was free a moment ago.</summary>
    public static async Task<ScriptedControlPlane> StartAsync(int port = 0)
    {
        var controlPlane = new ScriptedControlPlane(port);
        await controlPlane._application.StartAsync();
        return controlPlane;
    }

    /// <summary>The next stream a client opens, within a time limit.</summary>
    public Task<ScriptedStream> NextStreamAsync() => _streams.Reader.ReadAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private DuplexHandler<TRequest, TResponse> Handler<TRequest, TResponse>(
        XdsVariant variant,
        Func<TRequest, ScriptedRequest> read,
        Func<ScriptedResponse, TResponse> write)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => async (requests, responses, context) =>
    {
        var stream = new ScriptedStream(variant, context.RequestHeaders.GetValue("authorization"));
        _streams.Writer.TryWrite(stream);
        _ = ReceiveAsync(requests, read, stream);
        await foreach (var response in stream.Responses.ReadAllAsync(context.CancellationToken))
        {
            await responses.WriteAsync(write(response), context.CancellationToken);
        }
    };

    private static async Task ReceiveAsync<TRequest>(IAsyncStreamReader<TRequest> requests, Func<TRequest, ScriptedRequest> read, ScriptedStream stream)
    {
        try
        {
            while (await requests.MoveNext(CancellationToken.None))
            {
                stream.Received(read(requests.Current));
            }

            stream.HalfClosed();
        }
        catch (Exception exception) when (exception is OperationCanceledException or RpcException or ObjectDisposedException)
        {
            stream.Cancelled();
        }
    }
}
