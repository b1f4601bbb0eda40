using Google.Protobuf;
using Zoneway.TestUtilities.Ads;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;
using Status = Zoneway.Xds.Grpc.Status;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>The streams of a <see cref="KumaControlPlane"/>: admission on the first message, then the session of the variant, then deregistration. Protocol §2, §3.5.</summary>
internal sealed class KumaAds(KumaOptions options, KumaRegistry registry, KumaTraffic traffic, TimeProvider clock)
{
    private readonly string _identifier = $"kuma-cp-{Guid.NewGuid()}";
    private volatile IReadOnlyCollection<string>? _tokens = options.Tokens;

    /// <summary>Nodes and their snapshots.</summary>
    public KumaNodes Nodes { get; } = new(options.Profile);

    /// <summary>The tokens that are valid now; null when authentication is off.</summary>
    public IReadOnlyCollection<string>? Tokens
    {
        get => _tokens;
        set => _tokens = value;
    }

    /// <summary>Serves the streams of one method.</summary>
    public DuplexHandler<TRequest, TResponse> Handler<TRequest, TResponse>(XdsVariant variant, Func<TRequest, ScriptedRequest> read, Func<ScriptedResponse, TResponse> write)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => async (requests, responses, context) =>
    {
        var authorization = context.RequestHeaders.GetValue("authorization");
        traffic.Streams.Enqueue((variant, authorization));
        try
        {
            await ServeAsync(variant, authorization, requests, read, response => responses.WriteAsync(write(response), context.CancellationToken), context.CancellationToken);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unknown)
        {
            traffic.Refusals.Enqueue(exception.Status.Detail);
            throw;
        }
    };

    // §2, §3.5: everything is checked on the first message, and then never again.
    private async Task ServeAsync<TRequest>(
        XdsVariant variant, string? authorization, IAsyncStreamReader<TRequest> requests, Func<TRequest, ScriptedRequest> read, Func<ScriptedResponse, Task> sendAsync, CancellationToken cancellation)
    {
        if (!await requests.MoveNext(cancellation))
        {
            return;
        }

        var first = read(requests.Current);
        var id = first.Node?.Id ?? "";
        KumaAuthentication.Check(Tokens, authorization);
        var stream = new KumaStream(
            variant == XdsVariant.Delta ? new KumaDeltaSession(options.Profile) : new KumaSotwSession(options.Profile), () => Nodes.SnapshotOf(id), options.NackBackoff, clock);
        if (!Nodes.TryEnter(id, stream))
        {
            throw new RpcException(new Status(StatusCode.Unknown, "there is already an active stream from this node, try again later"));
        }

        var bringsResource = false;
        try
        {
            bringsResource = registry.Register(first.Node!);
            _ = ReceiveAsync(first, requests, read, stream);
            await stream.RunAsync(
                response =>
                {
                    traffic.Responses.Enqueue(response = response with { ControlPlane = _identifier });
                    return sendAsync(response);
                },
                cancellation);
        }
        finally
        {
            Nodes.Close(id);
            _ = DeregisterAsync(id, bringsResource);
        }
    }

    private async Task ReceiveAsync<TRequest>(ScriptedRequest first, IAsyncStreamReader<TRequest> requests, Func<TRequest, ScriptedRequest> read, KumaStream stream)
    {
        try
        {
            for (var request = first; ; request = read(requests.Current))
            {
                traffic.Requests.Enqueue(request);
                stream.Received(request);
                if (!await requests.MoveNext(CancellationToken.None))
                {
                    stream.Ended(null);
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or RpcException or ObjectDisposedException)
        {
            stream.Ended(exception);
        }
    }

    // §3.5: on Universal the resource outlives its stream by some seconds, and so does the claim to the node's one stream.
    private async Task DeregisterAsync(string id, bool bringsResource)
    {
        if (bringsResource)
        {
            // The tests move this clock.
            await Task.Delay(options.DeregistrationDelay, clock);
            registry.Remove(KumaRegistry.NameIn(id));
        }

        Nodes.Remove(id);
    }
}
