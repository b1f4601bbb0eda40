using Microsoft.Extensions.Logging;
using Zoneway.Xds.Grpc;
using Zoneway.ZoneControlPlane.Snapshots;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>
/// Runs one ADS stream after its node is known: takes requests and catalog changes one at a time, and sends what the session makes of
/// them. While it pauses after a NACK or waits for a slow client, changes collect into one.
/// </summary>
internal sealed partial class AdsStream<TSession, TRequest, TResponse>
    where TSession : IAdsSession<TRequest, TResponse>
{
    /// <summary>Most types one client may ask for; a zone proxy needs four.</summary>
    private const int MaxTypes = 16;

    private const int MaxLoggedDetail = 2048;

    private readonly TSession _session;
    private readonly ProxyNode _node;
    private readonly AdsServices _services;
    private readonly IServerStreamWriter<TResponse> _responses;
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);
    private NodeSnapshot? _snapshot;
    private bool _isKnown = true;
    private (int Sent, int Accepted, int Rejected) _counts;

    public AdsStream(TSession session, ProxyNode node, AdsServices services, IServerStreamWriter<TResponse> responses)
    {
        _session = session;
        _node = node;
        _services = services;
        _responses = responses;
    }

    /// <summary>Serves the stream until the client ends it.</summary>
    /// <param name="first">The request that has been read already.</param>
    /// <param name="requests">The rest.</param>
    /// <param name="cancellation">Cancelled when the stream is broken or the program stops.</param>
    /// <exception cref="RpcException">The client broke the protocol.</exception>
    public async Task RunAsync(TRequest first, IAsyncStreamReader<TRequest> requests, CancellationToken cancellation)
    {
        Log.Opened(_services.Logger, _node.Id, _node.Kind);
        _services.Metrics.StreamOpened(_node.Kind);
        var changed = new ChangeSignal();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var subscription = _services.Catalog.Changed.Subscribe(changed.Set);
        try
        {
            await UpdateAsync(ended.Token);
            await ReceiveAsync(first, ended.Token);
            await FollowAsync(requests, changed, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            _services.Metrics.StreamClosed(_node.Kind);
            Log.Closed(_services.Logger, _node.Id, _counts.Sent, _counts.Accepted, _counts.Rejected);
        }
    }

    private async Task FollowAsync(IAsyncStreamReader<TRequest> requests, ChangeSignal changed, CancellationToken cancellation)
    {
        var next = requests.MoveNext(cancellation);
        var change = changed.WaitAsync(cancellation);
        while (true)
        {
            await Task.WhenAny(next, change);
            if (change.IsCompleted)
            {
                await change;
                changed.Take();
                await UpdateAsync(cancellation);
                change = changed.WaitAsync(cancellation);
            }

            if (next.IsCompleted)
            {
                if (!await next)
                {
                    return;
                }

                await ReceiveAsync(requests.Current, cancellation);
                next = requests.MoveNext(cancellation);
            }
        }
    }

    private async Task UpdateAsync(CancellationToken cancellation)
    {
        if (SnapshotBuilder.Build(_services.Catalog.Current, _node) is not { } resources)
        {
            if (_isKnown)
            {
                Log.Unknown(_services.Logger, _node.Id, _node.Kind);
            }

            _isKnown = false;
            return;
        }

        _isKnown = true;
        _snapshot = NodeSnapshot.After(_snapshot, resources);
        await SendAsync(_session.Update(_snapshot), cancellation);
    }

    private async Task ReceiveAsync(TRequest request, CancellationToken cancellation)
    {
        var head = TSession.Describe(request);
        Check(head);
        if (head.Rejection is { } detail)
        {
            _counts.Rejected++;
            _services.Metrics.ResponseRejected(_node.Kind, head.TypeUrl);
            Log.Rejected(_services.Logger, _node.Id, head.TypeUrl, head.Nonce, detail.Length <= MaxLoggedDetail ? detail : detail[..MaxLoggedDetail]);
            await Task.Delay(_services.Options.NackBackoff, _services.Time, cancellation);
        }
        else if (head.Nonce.Length > 0)
        {
            _counts.Accepted++;
            _services.Metrics.ResponseAccepted(_node.Kind, head.TypeUrl);
        }

        await SendAsync(_session.Receive(request), cancellation);
    }

    private void Check(AdsRequestHead head)
    {
        if (head.TypeUrl.Length == 0)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "type URL is required for ADS"));
        }

        if (head.Node is { Id.Length: > 0 } node && node.Id != _node.Id)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "the node of a stream must not change"));
        }

        if (_types.Add(head.TypeUrl) && _types.Count > MaxTypes)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"more than {MaxTypes} resource types"));
        }
    }

    private async Task SendAsync(IReadOnlyList<TResponse> responses, CancellationToken cancellation)
    {
        foreach (var response in responses)
        {
            await _responses.WriteAsync(response, cancellation);
            _counts.Sent++;
            _services.Metrics.ResponseSent(_node.Kind, TSession.TypeOf(response));
            Log.Sent(_services.Logger, _node.Id, TSession.TypeOf(response));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(61, LogLevel.Information, "Node {Node} ({Kind}) connected")]
        public static partial void Opened(ILogger logger, string node, ProxyKind kind);

        [LoggerMessage(62, LogLevel.Information, "Node {Node} gone; answers sent {Sent}, accepted {Accepted}, rejected {Rejected}")]
        public static partial void Closed(ILogger logger, string node, int sent, int accepted, int rejected);

        [LoggerMessage(63, LogLevel.Warning, "Node {Node}: there is no zone {Kind} of that name in this zone; what it was given stays as it is")]
        public static partial void Unknown(ILogger logger, string node, ProxyKind kind);

        [LoggerMessage(64, LogLevel.Warning, "Node {Node} rejected {TypeUrl}, answer {Nonce}, and keeps what it had: {Detail}")]
        public static partial void Rejected(ILogger logger, string node, string typeUrl, string nonce, string detail);

        [LoggerMessage(65, LogLevel.Debug, "Node {Node} was sent {TypeUrl}")]
        public static partial void Sent(ILogger logger, string node, string typeUrl);
    }
}
