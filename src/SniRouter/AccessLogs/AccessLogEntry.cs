using System.Net;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>One event of one connection, on its way from the data path to the writers. Immutable.</summary>
/// <param name="Report">What is known of the connection.</param>
/// <param name="Type">The event.</param>
/// <param name="StartTime">When the connection was accepted.</param>
/// <param name="Addresses">The addresses that some log wanted.</param>
internal sealed record AccessLogEntry(ConnectionReport Report, AccessLogType Type, DateTimeOffset StartTime, ConnectionAddresses Addresses)
{
    /// <summary>The HTTP request that the line is about; null where it is about the connection.</summary>
    public AccessLogRequest? Request { get; init; }
}

/// <summary>What a line may say of an HTTP request and its answer. Immutable, and free of anything that the server uses again.</summary>
internal sealed record AccessLogRequest
{
    /// <summary>Headers of the request by name, without case; pseudo headers as Envoy calls them (<c>:method</c>, <c>:path</c>, <c>:authority</c>, <c>:scheme</c>).</summary>
    public required IReadOnlyDictionary<string, string> RequestHeaders { get; init; }

    /// <summary>Headers of the answer by name, without case.</summary>
    public required IReadOnlyDictionary<string, string> ResponseHeaders { get; init; }

    /// <summary>Such as <c>HTTP/1.1</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The status of the answer.</summary>
    public required int Status { get; init; }

    /// <summary>Who answered, and why (Envoy's response code details): <c>via_upstream</c>, <c>route_not_found</c>.</summary>
    public required string Details { get; init; }

    /// <summary>URI names of the client's certificate, joined by commas.</summary>
    public string PeerUriNames { get; init; } = "";
}

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

    /// <summary>A request is over.</summary>
    DownstreamEnd,

    /// <summary>An endpoint has taken the connection.</summary>
    TcpUpstreamConnected,
}
