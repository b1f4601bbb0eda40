using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Telemetry;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>Forwards a request to an endpoint of its cluster, and again to another one where that is allowed.</summary>
internal sealed class RequestForwarder(IHttpForwarder forwarder, UpstreamPools pools, IOptions<SniRouterOptions> options, TimeProvider time)
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
            exchange.Context.Response.Body = new SlowedBody(exchange.Context.Response.Body, verdict.ResponseBytesPerSecond, time);
        }

        using var limit = TimeLimit.Start(exchange, verdict.Forward!, cluster.Config, time);
        var retries = new Retries(verdict.Forward!.Retries);
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
            var pool = pools.Get(state, cluster, endpoint);
            var transformer = new ForwardTransformer(exchange, verdict, endpoint, pool.Origin, retries);
            state.Stats.RequestStarted();
            using var attempt = limit.ForAttempt(retries.PerTryTimeout);
            var error = await forwarder.SendAsync(
                exchange.Context, pool.Origin, pool.Invoker, pool.ConfigFor(exchange.Context.Request, verdict.Forward.IdleTimeout ?? exchange.Connection.Config.StreamIdleTimeout), transformer, attempt.Token);
            if (error == ForwarderError.None && !transformer.WantsRetry)
            {
                exchange.BytesReceived = transformer.Length;
                state.Stats.Transferred(exchange.BytesSent, exchange.BytesReceived);
                return;
            }

            var fault = ForwardFault.Of(exchange.Context, error, limit, attempt);
            if (fault.IsWithoutAnswer)
            {
                endpoint.State.ReportNoResponse();
            }

            if (fault.IsTimeout)
            {
                state.Stats.RequestTimedOut();
            }

            if (!exchange.Context.Response.HasStarted && !exchange.Context.RequestAborted.IsCancellationRequested
                && (transformer.WantsRetry || retries.Answers(fault, attempts.Left)) && exchange.CanRepeat && !limit.IsOver)
            {
                exchange.Context.Response.Clear();
                state.Stats.Retried();
                await retries.WaitAsync(time, limit.Token);
                continue;
            }

            exchange.Outcome = fault.Outcome;
            await UpstreamReplies.AnswerAsync(exchange, state, endpoint, fault);
            return;
        }
    }
}
