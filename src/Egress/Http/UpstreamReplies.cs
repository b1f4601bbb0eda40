using Microsoft.AspNetCore.Http;
using Zoneway.SniRouter.Clusters;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>The answers in the stead of an endpoint that gave none: which service, and why. Reasons are Envoy's response code details.</summary>
internal static class UpstreamReplies
{
    private static readonly HeaderMutation Overloaded = new("x-envoy-overloaded", "true", HeaderAppendAction.OverwriteIfExistsOrAdd);

    /// <summary>The route names a cluster that there is not.</summary>
    public static LocalReply NoCluster(HttpExchange exchange, ClusterState cluster) =>
        Unavailable("cluster_not_found", exchange, $"its cluster '{cluster.Name}' is not there");

    /// <summary>The cluster has no endpoint.</summary>
    public static LocalReply NoEndpoints(HttpExchange exchange, ClusterState cluster) =>
        Unavailable("no_healthy_upstream", exchange, $"its cluster '{cluster.Name}' has no endpoint to try");

    /// <summary>The cluster has as many requests as it may.</summary>
    public static LocalReply TooManyRequests(HttpExchange exchange, ClusterState cluster) =>
        Overflow(exchange, $"its cluster '{cluster.Name}' has as many requests as its circuit breaker allows");

    /// <summary>Answers for a fault; a client that has gone gets none.</summary>
    public static ValueTask AnswerAsync(HttpExchange exchange, ClusterState cluster, UpstreamEndpoint endpoint, ForwardFault fault) => fault.Kind switch
    {
        ForwardFaultKind.None or ForwardFaultKind.ClientGone => ValueTask.CompletedTask,
        // What has begun was ended by the forwarder already, in the way that the endpoint ended it.
        _ when exchange.Context.Response.HasStarted => ValueTask.CompletedTask,
        _ => exchange.AnswerAsync(Of(exchange, cluster, endpoint, fault)),
    };

    private static LocalReply Of(HttpExchange exchange, ClusterState cluster, UpstreamEndpoint endpoint, ForwardFault fault)
    {
        var cause = $"{fault.Detail} (cluster '{cluster.Name}', endpoint {endpoint})";
        return fault.Kind switch
        {
            ForwardFaultKind.BodyTooLarge => LocalReply.BodyTooLarge,
            ForwardFaultKind.RequestBody => new(StatusCodes.Status400BadRequest, "request_body_error", fault.Detail),
            // RFC 9110 §15.5.9: it was the client that took too long.
            ForwardFaultKind.RequestTimeout or ForwardFaultKind.AttemptTimeout or ForwardFaultKind.Idle when !exchange.IsReceived => new(StatusCodes.Status408RequestTimeout, "request_timeout", "the request's body did not come in time"),
            ForwardFaultKind.RequestTimeout => new(StatusCodes.Status504GatewayTimeout, "response_timeout", Text(exchange, cause)),
            ForwardFaultKind.AttemptTimeout => new(StatusCodes.Status504GatewayTimeout, "upstream_per_try_timeout", Text(exchange, cause)),
            ForwardFaultKind.Idle => new(StatusCodes.Status504GatewayTimeout, "stream_idle_timeout", Text(exchange, cause)),
            ForwardFaultKind.Overflow => Overflow(exchange, cause),
            ForwardFaultKind.Discarded => Unavailable("upstream_response_discarded", exchange, cause),
            ForwardFaultKind.Reset or ForwardFaultKind.RefusedStream => Unavailable("upstream_reset_before_response_started", exchange, cause),
            _ => Unavailable("upstream_connect_failure", exchange, cause),
        };
    }

    private static LocalReply Overflow(HttpExchange exchange, string cause) => Unavailable("upstream_overflow", exchange, cause) with { Headers = [Overloaded] };

    private static LocalReply Unavailable(string reason, HttpExchange exchange, string cause) => new(StatusCodes.Status503ServiceUnavailable, reason, Text(exchange, cause));

    private static string Text(HttpExchange exchange, string cause) => $"external service '{exchange.Connection.ChainName}': {cause}";
}
