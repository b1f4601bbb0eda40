using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Grpc;
using Zoneway.ZoneControlPlane.Catalog;
using Status = Zoneway.Xds.Grpc.Status;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>The aggregated discovery service: admits a stream, then lets <see cref="AdsStream{TSession,TRequest,TResponse}"/> run it. Protocol §3.</summary>
internal sealed partial class AdsService
{
    /// <summary>Path of the state-of-the-world method.</summary>
    public const string SotwPath = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";

    /// <summary>Path of the incremental method.</summary>
    public const string DeltaPath = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

    private readonly AdsServices _services;
    private readonly ProxyRegistry _registry;
    private readonly ActiveNodes _nodes;
    private readonly ControlPlane _identity;

    public AdsService(CatalogSource catalog, ProxyRegistry registry, AdsOptions options, AdsMetrics metrics, TimeProvider time, ILogger<AdsService> logger)
    {
        _services = new AdsServices(catalog, options, metrics, time, logger);
        _registry = registry;
        _nodes = new ActiveNodes(options.MaxStreams);
        _identity = new ControlPlane { Identifier = $"zone-cp-{catalog.Current.Zone}" };
    }

    /// <summary>Serves a state-of-the-world stream.</summary>
    public Task ServeSotwAsync(IAsyncStreamReader<DiscoveryRequest> requests, IServerStreamWriter<DiscoveryResponse> responses, ServerCallContext context) =>
        ServeAsync(requests, responses, id => new SotwSession(id, _identity, _services.Logger), context.CancellationToken);

    /// <summary>Serves an incremental stream.</summary>
    public Task ServeDeltaAsync(IAsyncStreamReader<DeltaDiscoveryRequest> requests, IServerStreamWriter<DeltaDiscoveryResponse> responses, ServerCallContext context) =>
        ServeAsync(requests, responses, _ => new DeltaSession(_identity), context.CancellationToken);

    private async Task ServeAsync<TSession, TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requests,
        IServerStreamWriter<TResponse> responses,
        Func<string, TSession> createSession,
        CancellationToken cancellation)
        where TSession : IAdsSession<TRequest, TResponse>
    {
        if (!await ReadFirstAsync(requests, cancellation))
        {
            return;
        }

        var first = requests.Current;
        var node = NodeReader.Read(TSession.Describe(first).Node, _services.Catalog.Current.Zone, out var resource);
        using var lease = _nodes.TryEnter(node.Id) ?? throw Refuse(node.Id);
        using var registration = resource is null ? null : _registry.Register(resource);
        await _services.Catalog.Ready.WaitAsync(cancellation);
        await new AdsStream<TSession, TRequest, TResponse>(createSession(node.Id), node, _services, responses).RunAsync(first, requests, cancellation);
    }

    private async Task<bool> ReadFirstAsync<TRequest>(IAsyncStreamReader<TRequest> requests, CancellationToken cancellation)
    {
        using var expired = new CancellationTokenSource(_services.Options.FirstRequestTimeout, _services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expired.Token);
        try
        {
            return await requests.MoveNext(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "the first request did not come in time"));
        }
    }

    private RpcException Refuse(string nodeId)
    {
        if (_nodes.IsFull)
        {
            return new RpcException(new Status(StatusCode.ResourceExhausted, "too many streams"));
        }

        Log.SecondStream(_services.Logger, nodeId);
        return new RpcException(new Status(StatusCode.Unknown, "there is already an active stream from this node, try again later"));
    }

    private static partial class Log
    {
        [LoggerMessage(66, LogLevel.Warning, "Node {Node} has a stream already; a second one was refused")]
        public static partial void SecondStream(ILogger logger, string node);
    }
}
