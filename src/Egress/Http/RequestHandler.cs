using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Zoneway.SniRouter.Telemetry;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>The way of a request: what no proxy may pass on is refused, filters and routes say what becomes of it, and it is answered here or forwarded.</summary>
internal sealed partial class RequestHandler(RequestForwarder forwarder, RequestLog log, TimeProvider time, ILogger<RequestHandler> logger) : IHttpApplication<HttpContext>
{
    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<HttpContext> container)
        {
            return new DefaultHttpContext(contextFeatures);
        }

        // Kestrel keeps one for each connection or stream, and uses it again.
        if (container.HostContext is DefaultHttpContext kept)
        {
            kept.Initialize(contextFeatures);
            return kept;
        }

        return container.HostContext = new DefaultHttpContext(contextFeatures);
    }

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception) => ((DefaultHttpContext)context).Uninitialize();

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        var connection = context.Features.GetRequiredFeature<HttpConnection>();
        var exchange = new HttpExchange(context, connection, time.GetTimestamp());
        connection.RequestStarted();
        try
        {
            await AnswerAsync(exchange);
        }
        catch (Exception exception) when (!exchange.IsAborted)
        {
            Log.Fault(logger, exception, connection.Facts.Id);
            await exchange.AnswerAsync(new LocalReply(StatusCodes.Status500InternalServerError, "internal_error", "a fault of the proxy"));
        }
        catch (Exception exception)
        {
            // The client has gone, and so has whoever would be answered.
            exchange.Outcome = ConnectionOutcome.DownstreamReset;
            Log.Gone(logger, exception, connection.Facts.Id);
        }
        finally
        {
            connection.RequestEnded(exchange);
            log.Write(exchange);
        }
    }

    private ValueTask AnswerAsync(HttpExchange exchange)
    {
        if (IsAmbiguous(exchange.Context.Request))
        {
            // Whoever reads it otherwise than we do would find a second request in it: nothing more is read from this client.
            exchange.Connection.Close();
            return exchange.AnswerAsync(new LocalReply(StatusCodes.Status400BadRequest, "ambiguous_framing", "the request can be read in more than one way: its target, its Transfer-Encoding, or Content-Length beside Transfer-Encoding"));
        }

        return HeaderLimits.AreExceeded(exchange.Context.Request, exchange.Connection.Config) ? exchange.AnswerAsync(HeaderLimits.Reply) : DecideAsync(exchange);
    }

    private ValueTask DecideAsync(HttpExchange exchange)
    {
        var connection = exchange.Connection;
        exchange.WatchClient();
        // Who the client is says its certificate, and nobody else (forward_client_cert_details: SANITIZE, Envoy's default).
        exchange.Context.Request.Headers.Remove("x-forwarded-client-cert");
        HopByHopHeaders.Remove(exchange.Context.Request.Headers);
        var decision = connection.Filters.DecideAsync(exchange.Context, connection.Facts, exchange.Aborted);
        return decision.IsCompletedSuccessfully ? CarryOutAsync(exchange, decision.Result) : CarryOutAsync(exchange, decision);
    }

    private async ValueTask CarryOutAsync(HttpExchange exchange, ValueTask<HttpVerdict> decision) => await CarryOutAsync(exchange, await decision);

    private ValueTask CarryOutAsync(HttpExchange exchange, HttpVerdict verdict)
    {
        exchange.AddedHeaders = verdict.AddedHeaders;
        if (verdict.Reply is { } reply)
        {
            return exchange.AnswerAsync(reply);
        }

        if (verdict.MaxBodyBytes is { } most)
        {
            exchange.LimitBody(most);
        }

        return forwarder.ForwardAsync(exchange, verdict);
    }

    // RFC 9112 §6.3: such a message ought to be handled as an error. Kestrel takes Transfer-Encoding and hides the other one under this name.
    private static bool IsAmbiguous(HttpRequest request) =>
        (request.Headers.ContainsKey("X-Content-Length") && request.Headers.ContainsKey(HeaderNames.TransferEncoding))
        // RFC 9112 §6.1: chunked is applied once, and no other coding is known here.
        || (request.Headers.TransferEncoding is { Count: > 0 } codings && !codings.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase))
        // HTTP/2 lets a target have spaces, which would end it in the request line of HTTP/1.1.
        || request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0;

    private static partial class Log
    {
        [LoggerMessage(910, LogLevel.Error, "A request on connection {ConnectionId} ended by a fault of the proxy.")]
        public static partial void Fault(ILogger logger, Exception exception, string connectionId);

        [LoggerMessage(911, LogLevel.Debug, "The client of a request on connection {ConnectionId} has gone.")]
        public static partial void Gone(ILogger logger, Exception exception, string connectionId);
    }
}
