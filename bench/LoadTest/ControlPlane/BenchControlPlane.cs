using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Envoy.Service.Discovery.V3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Zoneway.LoadTest.Processes;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;

namespace Zoneway.LoadTest.ControlPlane;

/// <summary>
/// A control plane for one proxy: a bootstrap endpoint, and delta ADS with a cluster and endpoints of its own for every route. It answers what is subscribed to,
/// and sends endpoint updates as fast as it is told to.
/// </summary>
internal sealed class BenchControlPlane : IAsyncDisposable
{
    private readonly Channel<DeltaDiscoveryResponse> _responses = Channel.CreateUnbounded<DeltaDiscoveryResponse>();
    private readonly RouteResources _resources;
    private readonly WebApplication _application;
    private readonly int _bootstrapPort = FreePort.Take();
    private readonly int _adsPort = FreePort.Take();
    private long _nonce;
    private int _rejected;

    private BenchControlPlane(RouteResources resources)
    {
        _resources = resources;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, _bootstrapPort, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, _adsPort, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _application = builder.Build();
        _application.MapPost("/bootstrap", AnswerBootstrapAsync);
        _application.MapGrpcDuplex(AdsMethods.Delta.FullName, AdsMethods.Delta.RequestParser, (DuplexHandler<DeltaDiscoveryRequest, DeltaDiscoveryResponse>)ServeAsync);
    }

    /// <summary>What <c>--cp-address</c> says.</summary>
    public Uri Address => new($"http://127.0.0.1:{_bootstrapPort}");

    /// <summary>Responses that the proxy answered with a NACK.</summary>
    public int Rejected => Volatile.Read(ref _rejected);

    public static async Task<BenchControlPlane> StartAsync(RouteResources resources)
    {
        var controlPlane = new BenchControlPlane(resources);
        await controlPlane._application.StartAsync();
        return controlPlane;
    }

    /// <summary>Sends the endpoint of a route's cluster, as a response of its own.</summary>
    /// <param name="route">The route.</param>
    /// <param name="port">Loopback port of the endpoint.</param>
    /// <param name="weight">Weight of the endpoint; another weight makes a change of the same endpoint.</param>
    public void Publish(int route, int port, int weight)
    {
        var nonce = Interlocked.Increment(ref _nonce);
        _responses.Writer.TryWrite(RouteResources.Response(nonce, _resources.Assignment(route, port, weight, nonce)));
    }

    /// <summary>Sends the listener anew, with some of the routes only.</summary>
    /// <param name="present">The routes that it is to have.</param>
    public void PublishListener(IEnumerable<int> present)
    {
        var nonce = Interlocked.Increment(ref _nonce);
        _responses.Writer.TryWrite(RouteResources.Response(nonce, _resources.Listener(present, nonce)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _responses.Writer.TryComplete();
        await _application.DisposeAsync();
    }

    private Task AnswerBootstrapAsync(HttpContext context)
    {
        var document = $$"""
            node: {id: bench, cluster: ingress}
            dynamicResources: {adsConfig: {apiType: DELTA_GRPC, transportApiVersion: V3, grpcServices: [{envoyGrpc: {clusterName: ads} }]} }
            staticResources:
              clusters:
              - name: ads
                loadAssignment: {clusterName: ads, endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: 127.0.0.1, portValue: {{_adsPort}} } } } }]}]}
            """;
        var answer = new JsonObject { ["bootstrap"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(document)), ["kumaSidecarConfiguration"] = new JsonObject() };
        return context.Response.WriteAsync(answer.ToJsonString());
    }

    private async Task ServeAsync(
        IAsyncStreamReader<DeltaDiscoveryRequest> requests, IServerStreamWriter<DeltaDiscoveryResponse> responses, ServerCallContext context)
    {
        var sending = SendAsync(responses, context.CancellationToken);
        while (await requests.MoveNext(context.CancellationToken))
        {
            Take(requests.Current);
        }

        _responses.Writer.TryComplete();
        await sending;
    }

    private async Task SendAsync(IServerStreamWriter<DeltaDiscoveryResponse> responses, CancellationToken cancellationToken)
    {
        await foreach (var response in _responses.Reader.ReadAllAsync(cancellationToken))
        {
            await responses.WriteAsync(response, cancellationToken);
        }
    }

    private void Take(DeltaDiscoveryRequest request)
    {
        if (request.ErrorDetail is not null)
        {
            Interlocked.Increment(ref _rejected);
        }

        // With a nonce it is an answer; the first request of a type has none, and later subscriptions name what they add.
        if (request.ResponseNonce.Length == 0 || request.ResourceNamesSubscribe.Count > 0)
        {
            foreach (var response in _resources.Answer(request, () => Interlocked.Increment(ref _nonce)))
            {
                _responses.Writer.TryWrite(response);
            }
        }
    }
}
