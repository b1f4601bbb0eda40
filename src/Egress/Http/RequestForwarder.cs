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
    public ValueTask ForwardAsync(HttpExchange exchange, HttpVerdict verdict)
    {
        var state = verdict.Target.Cluster;
        exchange.Cluster = state;
        if (state.Current is not { } cluster)
        {
            exchange.Outcome = state.Config is null ? ConnectionOutcome.NoCluster : ConnectionOutcome.NoEndpoints;
            return exchange.AnswerAsync(state.Config is null ? UpstreamReplies.NoCluster(exchange, state) : UpstreamReplies.NoEndpoints(exchange, state));
        }

        return ForwardAsync(exchange, verdict, cluster);
    }

    private async ValueTask ForwardAsync(HttpExchange exchange, HttpVerdict verdict, ClusterSnapshot cluster)
    {
        using var request = new ForwardedRequest(exchange, verdict, cluster, options.Value.ConnectAttempts, time);
        var state = request.State;
        if (!request.TryEnter())
        {
            state.Stats.Overflowed(CircuitBreakerHold.Request);
            NoteOverflow(state, cluster);
            exchange.Outcome = ConnectionOutcome.UpstreamOverflow;
            await exchange.AnswerAsync(UpstreamReplies.TooManyRequests(exchange, state));
            return;
        }

        if (verdict.ResponseBytesPerSecond > 0)
        {
            AnswerBody.Replace(exchange.Context, new SlowedBody(exchange.Context.Response.Body, verdict.ResponseBytesPerSecond, time));
        }

        CountedUpgrade.Watch(exchange);
        while (request.NextEndpoint() is { } endpoint)
        {
            exchange.Endpoint = endpoint;
            ForwardFault fault;
            var pool = pools.Use(state, cluster, endpoint);
            try
            {
                state.Stats.RequestStarted();
                var transformer = new ForwardTransformer(request, endpoint, pool.Origin);
                using var attempt = request.Limit.ForAttempt(request.Retries.PerTryTimeout, time);
                var config = pool.ConfigFor(exchange.Context.Request, request.Route.IdleTimeout ?? exchange.Connection.Config.StreamIdleTimeout);
                var error = await forwarder.SendAsync(exchange.Context, pool.Origin, pool.Invoker, config, transformer, attempt.Token);
                fault = Conclude(request, error, transformer, attempt);
            }
            finally
            {
                state.Stats.Transferred(exchange.BytesSent, exchange.BytesReceived);
                pool.Release();
            }

            if (fault.Kind == ForwardFaultKind.None || !await RepeatsAsync(request, endpoint, fault))
            {
                return;
            }
        }

        state.Stats.NoneHealthy();
        exchange.Outcome = ConnectionOutcome.NoEndpoints;
        await exchange.AnswerAsync(UpstreamReplies.NoEndpoints(exchange, state));
    }

    private static ForwardFault Conclude(ForwardedRequest request, ForwarderError error, ForwardTransformer transformer, in AttemptLimit attempt)
    {
        var fault = ForwardFault.Of(request.Exchange, error, transformer.WantsRetry, request.Limit, attempt);
        if (fault.Kind == ForwardFaultKind.None)
        {
            request.Exchange.AnswerIs(transformer.Length);
        }

        if (!fault.IsWithoutAnswer)
        {
            transformer.End();
        }

        Count(request.Exchange, fault);
        return fault;
    }

    // False when the client has its answer, or has gone.
    private async ValueTask<bool> RepeatsAsync(ForwardedRequest request, UpstreamEndpoint endpoint, ForwardFault fault)
    {
        var (exchange, state) = (request.Exchange, request.State);
        if (!request.Retries.Answers(fault, request.EndpointsLeft) || !request.MayRepeat)
        {
            if (fault.Kind == ForwardFaultKind.Overflow)
            {
                NoteOverflow(state, request.Cluster);
            }

            exchange.Outcome = fault.Outcome;
            await UpstreamReplies.AnswerAsync(exchange, state, endpoint, fault);
            return false;
        }

        exchange.Context.Response.Clear();
        state.Stats.Retried();
        await request.Retries.WaitAsync(time, request.Limit.Token, exchange.Aborted);
        exchange.Outcome = exchange.IsAborted ? ConnectionOutcome.DownstreamReset : exchange.Outcome;
        return !exchange.IsAborted;
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
