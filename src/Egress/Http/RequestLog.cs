using Microsoft.AspNetCore.Http;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Telemetry;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>Gives the requests of chains that have access logs to their writers. Chains without logs pay for nothing.</summary>
internal sealed class RequestLog(AccessLogger logger, TimeProvider time)
{
    /// <summary>Takes a request that is over.</summary>
    public void Write(HttpExchange exchange)
    {
        var connection = exchange.Connection;
        if (connection.Config.AccessLogs.IsDefaultOrEmpty)
        {
            return;
        }

        var report = new ConnectionReport
        {
            Outcome = exchange.Outcome,
            Listener = connection.Listener,
            ConnectionId = connection.Facts.Id,
            FilterChain = connection.FilterChain,
            Cluster = exchange.Cluster,
            Endpoint = exchange.Endpoint,
            ServerName = connection.Facts.ServerName,
            BytesSent = exchange.BytesSent,
            BytesReceived = exchange.BytesReceived,
            Duration = time.GetElapsedTime(exchange.StartedAt),
        };
        logger.RequestEnded(connection.Config.AccessLogs, report, Describe(exchange), new ConnectionAddresses(connection.Facts.Remote, connection.Facts.Local, null));
    }

    private static AccessLogRequest Describe(HttpExchange exchange)
    {
        var request = exchange.Context.Request;
        var headers = Copy(request.Headers);
        headers[":method"] = request.Method;
        headers[":path"] = RequestTarget.PathAndQuery(request).ToString();
        headers[":authority"] = request.Host.Value ?? "";
        headers[":scheme"] = request.Scheme;
        return new AccessLogRequest
        {
            RequestHeaders = headers,
            ResponseHeaders = Copy(exchange.Context.Response.Headers),
            Protocol = request.Protocol,
            Status = exchange.Status,
            Details = exchange.Details,
            PeerUriNames = string.Join(',', exchange.Connection.Facts.Peer.UriNames),
        };
    }

    private static Dictionary<string, string> Copy(IHeaderDictionary headers)
    {
        var copy = new Dictionary<string, string>(headers.Count + 4, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in headers)
        {
            copy[name] = values.ToString();
        }

        return copy;
    }
}
