using Zoneway.SniRouter.Clusters;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>A request on its way to an endpoint: what was decided of it, and what it holds until it has its answer.</summary>
internal sealed class ForwardedRequest : IDisposable
{
    private CircuitBreakerHold _held;
    private EndpointAttempts _attempts;
    private UpstreamEndpoint? _last;

    /// <param name="exchange">The request.</param>
    /// <param name="verdict">What was decided of it.</param>
    /// <param name="cluster">Its cluster, as it is now.</param>
    /// <param name="connectAttempts">Most endpoints to try where no connection comes about.</param>
    /// <param name="time">The clock.</param>
    public ForwardedRequest(HttpExchange exchange, HttpVerdict verdict, ClusterSnapshot cluster, int connectAttempts, TimeProvider time)
    {
        (Exchange, Verdict, Cluster) = (exchange, verdict, cluster);
        Limit = TimeLimit.Start(exchange, Route, cluster.Config, time);
        Retries = new Retries(Route.Retries, State, cluster.Config.CircuitBreakers);
        _attempts = new EndpointAttempts(cluster.Select(verdict.Target.MetadataMatch), (int)Math.Min(Retries.Allowed + connectAttempts, EndpointAttempts.MaxAttempts), verdict.Hash);
    }

    public HttpExchange Exchange { get; }

    public HttpVerdict Verdict { get; }

    /// <summary>How it is forwarded.</summary>
    public ForwardConfig Route => Verdict.Forward!;

    /// <summary>Its cluster.</summary>
    public ClusterState State => Verdict.Target.Cluster;

    /// <summary>Its cluster, as it was when the request came.</summary>
    public ClusterSnapshot Cluster { get; }

    /// <summary>The time that it may take.</summary>
    public TimeLimit Limit { get; }

    /// <summary>Whether and when it is tried again.</summary>
    public Retries Retries { get; }

    /// <summary>Endpoints that could still be tried.</summary>
    public int EndpointsLeft => _attempts.Left;

    /// <summary>Whether it could be sent once more now.</summary>
    public bool MayRepeat => Exchange.CanRepeat && !Limit.IsOver && !Exchange.Context.Response.HasStarted && !Exchange.IsAborted;

    /// <summary>Takes its place among the requests of the cluster; false when there is none left.</summary>
    public bool TryEnter() => State.CircuitBreaker.TryRequest(Cluster.Config.CircuitBreakers, ref _held);

    /// <summary>The endpoint to try: when every one was tried, the last one gets what is left. Null for none.</summary>
    public UpstreamEndpoint? NextEndpoint() => _last = _attempts.Next() ?? (Retries.Made > 0 ? _last : null);

    /// <inheritdoc/>
    public void Dispose()
    {
        Retries.Dispose();
        Limit.Dispose();
        State.CircuitBreaker.Release(ref _held);
    }
}
