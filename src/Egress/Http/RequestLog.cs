using Zoneway.SniRouter.AccessLogs;

namespace Zoneway.Egress.Http;

/// <summary>Gives the requests of chains that have access logs to their writers. Chains without logs pay for nothing.</summary>
internal sealed class RequestLog(AccessLogger logger)
{
    /// <summary>Takes a request that is over.</summary>
    public void Write(HttpExchange exchange)
    {
        var logs = exchange.Connection.Config.AccessLogs;
        if (!logs.IsDefaultOrEmpty)
        {
            logger.RequestEnded(logs, RequestReport.Of(exchange));
        }
    }
}
