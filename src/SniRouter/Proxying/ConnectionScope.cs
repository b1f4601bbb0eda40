using Microsoft.AspNetCore.Connections;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Proxying;

/// <summary>What the middleware learns of one connection on its way, and the report made of it in the end.</summary>
internal sealed class ConnectionScope(ConnectionContext context, IListenerFeature listener) : IRouteFeature
{
    /// <summary>What it holds of its cluster's circuit breaker.</summary>
    public CircuitBreakerHold Held;

    private FilterChain? _filterChain;

    public ConnectionContext Context { get; } = context;

    public IListenerFeature Listener { get; } = listener;

    public FilterChain FilterChain
    {
        get => _filterChain ?? throw new InvalidOperationException("The connection has not been routed yet.");
        set => _filterChain = value;
    }

    public string ServerName { get; set; } = "";

    public ClusterState? Cluster { get; set; }

    public UpstreamEndpoint? Endpoint { get; set; }

    /// <summary>What its access logs want to know; null when it has none.</summary>
    public AccessLogScope? AccessLog { get; set; }

    /// <summary>How a connection ended that was handed on, as far as whoever served it has said.</summary>
    public ConnectionOutcome Outcome { get; set; } = ConnectionOutcome.HandedOver;

    public long BytesSent { get; set; }

    public long BytesReceived { get; set; }

    public ConnectionReport ToReport(ConnectionOutcome outcome, TimeProvider time)
    {
        if (AccessLog is { LacksDownstream: true })
        {
            AccessLog.TakeDownstream(Context.RemoteEndPoint, Context.LocalEndPoint);
        }

        return new ConnectionReport
        {
            Outcome = outcome,
            Listener = Listener.ListenerName,
            ConnectionId = Context.ConnectionId,
            FilterChain = _filterChain,
            Cluster = Cluster,
            Endpoint = Endpoint,
            ServerName = ServerName,
            BytesSent = BytesSent,
            BytesReceived = BytesReceived,
            Duration = time.GetElapsedTime(Listener.AcceptedTimestamp),
            AccessLog = AccessLog,
        };
    }
}
