using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Telemetry;

/// <summary>All that is known of a connection when it has ended.</summary>
public readonly record struct ConnectionReport
{
    /// <summary>How it ended.</summary>
    public required ConnectionOutcome Outcome { get; init; }

    /// <summary>Name of the listener that accepted it.</summary>
    public required string Listener { get; init; }

    /// <summary>Id for logs, unique in the process.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>The filter chain, or null when none was found.</summary>
    public FilterChain? FilterChain { get; init; }

    /// <summary>The cluster, or null when it was not reached.</summary>
    public ClusterState? Cluster { get; init; }

    /// <summary>The endpoint connected to, or tried last; null when none was.</summary>
    public UpstreamEndpoint? Endpoint { get; init; }

    /// <summary>The server name, where someone wanted to see it.</summary>
    public string ServerName { get; init; }

    /// <summary>Bytes from client to endpoint.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes from endpoint to client.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Time since accept.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What its access logs want to know; null when it has none.</summary>
    internal AccessLogScope? AccessLog { get; init; }
}
