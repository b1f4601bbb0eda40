using System.Net;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>One event of one connection, on its way from the data path to the writers. Immutable.</summary>
/// <param name="Report">What is known of the connection.</param>
/// <param name="Type">The event.</param>
/// <param name="StartTime">When the connection was accepted.</param>
/// <param name="Addresses">The addresses that some log wanted.</param>
internal sealed record AccessLogEntry(ConnectionReport Report, AccessLogType Type, DateTimeOffset StartTime, ConnectionAddresses Addresses);

/// <summary>The addresses of a connection beyond that of the endpoint; null where no log wants them or where there is none.</summary>
/// <param name="DownstreamRemote">The client's.</param>
/// <param name="DownstreamLocal">The one that the client connected to.</param>
/// <param name="UpstreamLocal">The one that the endpoint sees.</param>
internal readonly record struct ConnectionAddresses(EndPoint? DownstreamRemote, EndPoint? DownstreamLocal, EndPoint? UpstreamLocal);

/// <summary>The event that a line stands for (envoy.data.accesslog.v3.AccessLogType), by Envoy's names.</summary>
internal enum AccessLogType
{
    /// <summary>The connection is over.</summary>
    TcpConnectionEnd,

    /// <summary>An endpoint has taken the connection.</summary>
    TcpUpstreamConnected,
}
