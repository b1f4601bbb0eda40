using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.AccessLogs;

namespace Zoneway.SniRouter.Telemetry;

/// <summary>Takes the report of every connection, from either data path: counts it by outcome, and gives it to the access logs and to the log.</summary>
public sealed partial class ConnectionReporter(AccessLogger accessLogger, ILogger<ConnectionReporter> logger)
{
    private readonly ShardedCounters _outcomes = new(ConnectionOutcomes.Count);

    /// <summary>Whether anyone will see server names, which cost a string each.</summary>
    public bool WantsServerName => logger.IsEnabled(LogLevel.Debug);

    /// <summary>Connections that ended with an outcome.</summary>
    public long Count(ConnectionOutcome outcome) => _outcomes.Sum((int)outcome);

    /// <summary>Takes a report.</summary>
    public void Report(in ConnectionReport report)
    {
        _outcomes.Add((int)report.Outcome, 1);
        if (report.Outcome == ConnectionOutcome.UpstreamOverflow && report.Cluster!.CircuitBreaker.TakeFirstOverflow())
        {
            Log.Overflowed(logger, report.Cluster.Name, report.Cluster.Config!.CircuitBreakers.MaxConnections, report.Cluster.Config.CircuitBreakers.MaxPendingRequests);
        }

        if (report.AccessLog is not null)
        {
            accessLogger.Ended(report);
        }

        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.Ended(
                logger, report.ConnectionId, report.Listener, report.Outcome.Tag(), report.ServerName, report.FilterChain?.Name, report.Cluster?.Name,
                report.Endpoint, report.BytesSent, report.BytesReceived, report.Duration.TotalMilliseconds);
        }
    }

    /// <summary>Takes the news that an endpoint has accepted a connection whose access logs want to know.</summary>
    internal void Connected(in ConnectionReport report) => accessLogger.Connected(report);

    /// <summary>Takes note of a fault of the proxy itself, which ended one connection.</summary>
    internal void Fault(string connectionId, Exception exception) => Log.Fault(logger, exception, connectionId);

    private static partial class Log
    {
        [LoggerMessage(200, LogLevel.Debug,
            "Connection {ConnectionId} on {Listener}: {Outcome}. Server name '{ServerName}', filter chain {FilterChain}, cluster {Cluster}, endpoint {Endpoint}, "
            + "{BytesSent} bytes sent, {BytesReceived} received, {DurationMilliseconds} ms.", SkipEnabledCheck = true)]
        public static partial void Ended(
            ILogger logger, string connectionId, string listener, string outcome, string serverName, string? filterChain, string? cluster,
            object? endpoint, long bytesSent, long bytesReceived, double durationMilliseconds);

        [LoggerMessage(202, LogLevel.Warning,
            "The circuit breaker of cluster {Cluster} is open: it allows {MaxConnections} connections, {MaxPending} of them being opened. Further ones are closed at once. "
            + "Said once for a cluster; the metrics count them.")]
        public static partial void Overflowed(ILogger logger, string cluster, uint maxConnections, uint maxPending);

        [LoggerMessage(201, LogLevel.Error, "Connection {ConnectionId} ended by a fault of the proxy.")]
        public static partial void Fault(ILogger logger, Exception exception, string connectionId);
    }
}
