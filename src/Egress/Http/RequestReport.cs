using Microsoft.AspNetCore.Http;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Telemetry;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>What command operators can say of a request, in access logs and in headers. A copy: the server uses its own again.</summary>
internal static class RequestReport
{
    /// <summary>What is known now.</summary>
    public static AccessLogEntry Of(HttpExchange exchange)
    {
        var connection = exchange.Connection;
        var duration = connection.Time.GetElapsedTime(exchange.StartedAt);
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
            Duration = duration,
        };
        return new AccessLogEntry(report, AccessLogType.DownstreamEnd, connection.Time.GetUtcNow() - duration, new ConnectionAddresses(connection.Facts.Remote, connection.Facts.Local, null))
        {
            Request = Describe(exchange),
        };
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
