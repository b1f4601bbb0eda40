using Envoy.Config.Core.V3;
using Google.Rpc;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Ads;

/// <summary>
/// One ADS stream from first request to end: subscriptions in order, every response applied and answered, names asked for as
/// they become known. The variants say how requests and responses look.
/// </summary>
/// <remarks>Responses are handled one at a time; while the sink works nothing is read, which holds the control plane back.</remarks>
internal abstract partial class AdsSession<TRequest, TResponse>(AdsSessionContext context, IAdsStream<TRequest, TResponse> stream) : IAdsSession
    where TRequest : class
    where TResponse : class
{
    // How long a stream may take to end in good order, or to deliver its status after a request could not be sent.
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(1);

    private readonly SubscriptionTable _subscriptions = new(context);
    private readonly ResponseApplier _applier = new(context);
    private readonly RequestWriter<TRequest, TResponse> _writer = new(stream);
    private bool _nodeSent;

    /// <inheritdoc/>
    public bool HasReceivedResponse { get; private set; }

    /// <summary>The sink and limits.</summary>
    protected AdsSessionContext Context => context;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        using var abort = new CancellationTokenSource();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var writing = _writer.RunAsync(abort.Token);
        var reading = ReadAsync(abort.Token);
        await Task.WhenAny(reading, writing, Task.Delay(Timeout.Infinite, ended.Token));

        // 1. What is queued is sent and the sending direction ended; the control plane may end the stream in good order.
        _writer.Complete();
        await Task.WhenAny(Task.WhenAll(reading, writing), Task.Delay(GoodbyeTime, context.TimeProvider, abort.Token));

        // 2. Whatever is still under way ends with the call.
        var outcome = reading.IsCompleted ? reading : writing;
        await abort.CancelAsync();
        await ended.CancelAsync();
        await stream.DisposeAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // 3. The reading side knows the status; the writing side only that there is one.
        stoppingToken.ThrowIfCancellationRequested();
        await outcome;
    }

    /// <summary>The parts of a response that do not depend on the variant.</summary>
    protected abstract ResponseHeader HeaderOf(TResponse response);

    /// <summary>Sorts the resources of a response into what can be handed on and what cannot.</summary>
    protected abstract (ResourceChange Change, ResponseContent Content) Read(TResponse response, Subscription subscription);

    /// <summary>Puts the node on a request.</summary>
    protected abstract void SetNode(TRequest request, Node node);

    /// <summary>The request that opens a subscription.</summary>
    protected abstract TRequest FirstRequest(Subscription subscription);

    /// <summary>The ACK of a response, or with <paramref name="rejection"/> its NACK.</summary>
    protected abstract TRequest Answer(Subscription subscription, ResponseHeader header, Status? rejection);

    /// <summary>The request by which an open subscription follows the names referred to, after a response of type <paramref name="answered"/>; null for none.</summary>
    protected abstract TRequest? Follow(Subscription subscription, IReadOnlySet<string> referenced, ResourceType answered);

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        foreach (var subscription in _subscriptions.All)
        {
            await OpenAsync(subscription, cancellationToken);
        }

        while (await stream.ReadAsync(cancellationToken) is { } response)
        {
            await HandleAsync(response, cancellationToken);
        }
    }

    private async Task HandleAsync(TResponse response, CancellationToken cancellationToken)
    {
        var header = HeaderOf(response);
        if (!HasReceivedResponse)
        {
            HasReceivedResponse = true;
            context.Status.Connected(header.ControlPlane, context.TimeProvider.GetUtcNow());
            Log.Connected(context.Logger, header.ControlPlane, context.Variant);
        }

        if (_subscriptions.Accept(header) is not { } subscription)
        {
            return;
        }

        var (change, content) = Read(response, subscription);
        var rejection = await _applier.ApplyAsync(subscription, header, change, content, cancellationToken);
        await SendAsync(subscription, Answer(subscription, header, rejection), cancellationToken);
        await FollowReferencesAsync(subscription.Type, cancellationToken);
    }

    private async Task FollowReferencesAsync(ResourceType answered, CancellationToken cancellationToken)
    {
        foreach (var subscription in _subscriptions.All.Where(subscription => !subscription.Type.IsWildcard))
        {
            if (!subscription.IsOpen)
            {
                await OpenAsync(subscription, cancellationToken);
            }
            else if (Follow(subscription, context.Sink.Referenced(subscription.Type.TypeUrl), answered) is { } request)
            {
                await SendAsync(subscription, request, cancellationToken);
            }
        }
    }

    // Names are asked for only when there are some: a first request without names would be taken for a wildcard.
    private async Task OpenAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        if (!subscription.Type.IsWildcard)
        {
            subscription.Names.Replace(context.Sink.Referenced(subscription.Type.TypeUrl));
        }

        if (subscription.Type.IsWildcard || subscription.Names.Count > 0)
        {
            subscription.IsOpen = true;
            await SendAsync(subscription, FirstRequest(subscription), cancellationToken);
        }
    }

    private ValueTask SendAsync(Subscription subscription, TRequest request, CancellationToken cancellationToken)
    {
        if (!_nodeSent)
        {
            SetNode(request, context.Node);
            _nodeSent = true;
        }

        context.Status.RequestSent(subscription);
        return _writer.EnqueueAsync(request, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(125, LogLevel.Information, "Connected to control plane '{ControlPlane}', variant {Variant}")]
        public static partial void Connected(ILogger logger, string controlPlane, XdsVariant variant);
    }
}
