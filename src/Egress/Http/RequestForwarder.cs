using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Telemetry;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>Forwards a request to an endpoint of its cluster, and again to another one where that is allowed.</summary>
internal sealed partial class RequestForwarder(IHttpForwarder forwarder, UpstreamPools pools, IOptions<SniRouterOptions> options, TimeProvider time, ILogger<RequestForwarder> logger)
{
    /// <summary>Forwards, and answers in the endpoint's stead when it does not.</summary>
    public async ValueTask ForwardAsync(HttpExchange exchange, HttpVerdict verdict)
    {
        var state = verdict.Target.Cluster;
        exchange.Cluster = state;
        if (state.Current is not { } cluster)
        {
            exchange.Outcome = state.Config is null ? ConnectionOutcome.NoCluster : ConnectionOutcome.NoEndpoints;
            await exchange.AnswerAsync(state.Config is null ? UpstreamReplies.NoCluster(exchange, state) : UpstreamReplies.NoEndpoints(exchange, state));
            return;
        }

        if (verdict.ResponseBytesPerSecond > 0)
        {
            AnswerBody.Replace(exchange.Context, new SlowedBody(exchange.Context.Response.Body, verdict.ResponseBytesPerSecond, time));
        }

        var held = CircuitBreakerHold.None;
        if (!state.CircuitBreaker.TryRequest(cluster.Config.CircuitBreakers, ref held))
        {
            state.Stats.Overflowed(CircuitBreakerHold.Request);
            NoteOverflow(state, cluster);
            exchange.Outcome = ConnectionOutcome.UpstreamOverflow;
            await exchange.AnswerAsync(UpstreamReplies.TooManyRequests(exchange, state));
            return;
        }

        try
        {
            CountedUpgrade.Watch(exchange);
            await TryAsync(exchange, verdict, cluster);
        }
        finally
        {
            state.CircuitBreaker.Release(ref held);
        }
    }

    private async ValueTask TryAsync(HttpExchange exchange, HttpVerdict verdict, ClusterSnapshot cluster)
    {
        var state = verdict.Target.Cluster;
        using var limit = TimeLimit.Start(exchange, verdict.Forward!, cluster.Config, time);
        using var retries = new Retries(verdict.Forward!.Retries, state, cluster.Config.CircuitBreakers);
        var attempts = new EndpointAttempts(cluster.Select(verdict.Target.MetadataMatch), (int)Math.Min(retries.Allowed + options.Value.ConnectAttempts, EndpointAttempts.MaxAttempts), verdict.Hash);
        UpstreamEndpoint? endpoint = null;
        while (true)
        {
            // When every endpoint was tried, the last one gets what is left.
            endpoint = attempts.Next() ?? (retries.Made > 0 ? endpoint : null);
            if (endpoint is null)
            {
                state.Stats.NoneHealthy();
                exchange.Outcome = ConnectionOutcome.NoEndpoints;
                await exchange.AnswerAsync(UpstreamReplies.NoEndpoints(exchange, state));
                return;
            }

            exchange.Endpoint = endpoint;
            var fault = await SendAsync(exchange, verdict, cluster, limit, retries);
            if (fault.Kind == ForwardFaultKind.None)
            {
                return;
            }

            if (!retries.Answers(fault, attempts.Left) || !MayRepeat(exchange, limit))
            {
                if (fault.Kind == ForwardFaultKind.Overflow)
                {
                    NoteOverflow(state, cluster);
                }

                exchange.Outcome = fault.Outcome;
                await UpstreamReplies.AnswerAsync(exchange, state, endpoint, fault);
                return;
            }

            exchange.Context.Response.Clear();
            state.Stats.Retried();
            await retries.WaitAsync(time, limit.Token, exchange.Context.RequestAborted);
            if (exchange.Context.RequestAborted.IsCancellationRequested)
            {
                exchange.Outcome = ConnectionOutcome.DownstreamReset;
                return;
            }
        }
    }

    private static bool MayRepeat(HttpExchange exchange, TimeLimit limit) =>
        exchange.CanRepeat && !limit.IsOver && !exchange.Context.Response.HasStarted && !exchange.Context.RequestAborted.IsCancellationRequested;

    private async ValueTask<ForwardFault> SendAsync(HttpExchange exchange, HttpVerdict verdict, ClusterSnapshot cluster, TimeLimit limit, Retries retries)
    {
        var (state, endpoint, route) = (verdict.Target.Cluster, exchange.Endpoint!, verdict.Forward!);
        var pool = pools.Use(state, cluster, endpoint);
        try
        {
            var transformer = new ForwardTransformer(exchange, verdict, endpoint, pool.Origin, retries);
            state.Stats.RequestStarted();
            using var attempt = limit.ForAttempt(retries.PerTryTimeout);
            var config = pool.ConfigFor(exchange.Context.Request, route.IdleTimeout ?? exchange.Connection.Config.StreamIdleTimeout);
            var error = await forwarder.SendAsync(exchange.Context, pool.Origin, pool.Invoker, config, transformer, attempt.Token);
            var fault = ForwardFault.Of(exchange, error, transformer.WantsRetry, limit, attempt);
            if (fault.Kind == ForwardFaultKind.None)
            {
                exchange.AnswerIs(transformer.Length);
            }

            if (!fault.IsWithoutAnswer)
            {
                transformer.End();
            }

            Count(exchange, fault);
            return fault;
        }
        finally
        {
            state.Stats.Transferred(exchange.BytesSent, exchange.BytesReceived);
            pool.Release();
        }
    }

    // A client that takes its time over the body is not the endpoint's fault.
    private static void Count(HttpExchange exchange, ForwardFault fault)
    {
        if (fault.IsTimeout && !exchange.IsReceived)
        {
            return;
        }

        if (fault.IsWithoutAnswer)
        {
            exchange.Endpoint!.State.ReportNoResponse();
        }

        if (fault.IsTimeout)
        {
            exchange.Cluster!.Stats.RequestTimedOut();
        }
    }

    private void NoteOverflow(ClusterState state, ClusterSnapshot cluster)
    {
        if (state.CircuitBreaker.TakeFirstOverflow())
        {
            var limits = cluster.Config.CircuitBreakers;
            Log.Overflowed(logger, state.Name, limits.MaxRequests, limits.MaxConnections, limits.MaxPendingRequests);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(920, LogLevel.Warning,
            "The circuit breaker of cluster {Cluster} is open: it allows {MaxRequests} requests at a time, and {MaxConnections} connections, {MaxPending} of them being opened. Further requests get 503. "
            + "Said once for a cluster; the metrics count them.")]
        public static partial void Overflowed(ILogger logger, string cluster, uint maxRequests, uint maxConnections, uint maxPending);
    }
}
