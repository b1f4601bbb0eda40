using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Engine;

/// <content>What is told of the connection: its access logs, where it has any, and the report.</content>
internal sealed unsafe partial class PassthroughConnection
{
    private AccessLogScope? _accessLog;

    private void BeginLog(ListenerSnapshot listener)
    {
        _accessLog = AccessLogScope.Begin(listener);
        TakeDownstreamAddresses();
    }

    private void RouteLog(TcpProxyConfig chain)
    {
        _accessLog = AccessLogScope.Route(_accessLog, chain);
        TakeDownstreamAddresses();
    }

    // Early: a peer that has reset the connection has no address any more.
    private void TakeDownstreamAddresses()
    {
        if (_accessLog is { LacksDownstream: true })
        {
            _accessLog.TakeDownstream(SocketAddresses.Remote(_downstream), SocketAddresses.Local(_downstream));
        }
    }

    private void LogConnected()
    {
        if (_accessLog is null)
        {
            return;
        }

        if ((_accessLog.Needs & AccessLogNeeds.UpstreamLocal) != 0)
        {
            _accessLog.TakeUpstream(SocketAddresses.Local(_upstream));
        }

        if (_filterChain!.Action is TcpProxyConfig { LogsOnConnected: true })
        {
            _loop.Context.Reporter.Connected(ToReport(ConnectionOutcome.Completed));
        }
    }

    private ConnectionReport ToReport(ConnectionOutcome outcome) => new()
    {
        Outcome = outcome,
        Listener = _listener!.Name,
        ConnectionId = _accessLog is not null || _loop.Context.Reporter.WantsServerName ? ToString() : "",
        FilterChain = _filterChain,
        Cluster = _cluster,
        Endpoint = _endpoint,
        ServerName = _serverName,
        BytesSent = Stage == ConnectionStage.Splicing ? _up.Bytes : 0,
        BytesReceived = Stage == ConnectionStage.Splicing ? _down.Bytes : 0,
        Duration = TimeSpan.FromMilliseconds(_loop.Now - _acceptedAt),
        AccessLog = _accessLog,
    };
}
