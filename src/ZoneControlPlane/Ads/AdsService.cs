using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Grpc;
using Zoneway.ZoneControlPlane.Authentication;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Snapshots;
using Metadata = Zoneway.Xds.Grpc.Metadata;
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
    private readonly ZoneTokenVerifier? _tokens;

    /// <param name="catalog">What is served.</param>
    /// <param name="registry">Where proxies put their own resources.</param>
    /// <param name="options">Behaviour.</param>
    /// <param name="tokens">Verifies the proxies' tokens; null takes any.</param>
    /// <param name="metrics">Counters.</param>
    /// <param name="time">Clock of back-off and time-outs.</param>
    /// <param name="logger">Log of all streams.</param>
    public AdsService(
        CatalogSource catalog, ProxyRegistry registry, AdsOptions options, ZoneTokenVerifier? tokens, AdsMetrics metrics, TimeProvider time, ILogger<AdsService> logger)
    {
        _tokens = tokens;
        _services = new AdsServices(catalog, options, metrics, time, logger);
        _registry = registry;
        _nodes = new ActiveNodes(options.MaxStreams);
        _identity = new ControlPlane { Identifier = $"zone-cp-{catalog.Current.Zone}" };
    }

    /// <summary>Serves a state-of-the-world stream.</summary>
    public Task ServeSotwAsync(IAsyncStreamReader<DiscoveryRequest> requests, IServerStreamWriter<DiscoveryResponse> responses, ServerCallContext context) =>
        ServeAsync(requests, responses, id => new SotwSession(id, _identity, _services.Logger), context);

    /// <summary>Serves an incremental stream.</summary>
    public Task ServeDeltaAsync(IAsyncStreamReader<DeltaDiscoveryRequest> requests, IServerStreamWriter<DeltaDiscoveryResponse> responses, ServerCallContext context) =>
        ServeAsync(requests, responses, _ => new DeltaSession(_identity), context);

    private async Task ServeAsync<TSession, TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requests,
        IServerStreamWriter<TResponse> responses,
        Func<string, TSession> createSession,
        ServerCallContext context)
        where TSession : IAdsSession<TRequest, TResponse>
    {
        var cancellation = context.CancellationToken;
        if (!await ReadFirstAsync(requests, cancellation))
        {
            return;
        }

        var first = requests.Current;
        var head = TSession.Describe(first);
        var node = NodeReader.Read(head.Node);
        Authenticate(node, context.RequestHeaders);
        var resource = NodeReader.ReadResource(head.Node!, node, _services.Catalog.Current.Zone);
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

    // Once a stream, on its first request: a running stream outlives its token. The failure looks as Kuma's plain Go error does. Protocol §2.
    private void Authenticate(ProxyNode node, Metadata headers)
    {
        var given = headers.Where(static entry => entry.Key == "authorization").Select(static entry => entry.Value).Take(2).ToList();
        if (_tokens is not null && (given.Count > 1 ? "there is more than one token" : _tokens.FindFault(given.FirstOrDefault(), node.Kind)) is { } fault)
        {
            Log.NotAuthenticated(_services.Logger, node.Id, fault);
            throw new RpcException(new Status(StatusCode.Unknown, $"authentication failed: {fault}"));
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
        [LoggerMessage(67, LogLevel.Warning, "Node {Node} was refused: {Reason}")]
        public static partial void NotAuthenticated(ILogger logger, string node, string reason);

        [LoggerMessage(66, LogLevel.Warning, "Node {Node} has a stream already; a second one was refused")]
        public static partial void SecondStream(ILogger logger, string node);
    }
}
