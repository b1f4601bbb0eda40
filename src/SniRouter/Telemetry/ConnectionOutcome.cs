namespace Zoneway.SniRouter.Telemetry;

/// <summary>How a connection ended: the stage it reached and what stopped it. Every connection has exactly one.</summary>
public enum ConnectionOutcome
{
    /// <summary>Both sides finished in order.</summary>
    Completed,

    /// <summary>Closed at accept: <see cref="SniRouterOptions.MaxConnections"/> were open.</summary>
    ConnectionLimit,

    /// <summary>Closed at accept: <see cref="SniRouterOptions.MaxSniffingConnections"/> were waiting for a ClientHello.</summary>
    SniffingLimit,

    /// <summary>The client did not deliver its ClientHello in time.</summary>
    ClientHelloTimeout,

    /// <summary>The ClientHello was longer than <see cref="SniRouterOptions.MaxClientHelloBytes"/>.</summary>
    ClientHelloTooLarge,

    /// <summary>The first bytes were TLS records, but no valid ClientHello.</summary>
    ClientHelloMalformed,

    /// <summary>The client closed before its ClientHello was complete.</summary>
    ClientHelloIncomplete,

    /// <summary>The first bytes were not TLS, and no filter chain takes such connections.</summary>
    NotTls,

    /// <summary>The ClientHello carried no server name, and no filter chain takes such connections.</summary>
    NoServerName,

    /// <summary>No filter chain matched.</summary>
    NoRoute,

    /// <summary>The filter chain that matched could not be understood when it was received, and refuses.</summary>
    FilterChainQuarantined,

    /// <summary>The filter chain had taken as many connections as its local rate limit allows.</summary>
    RateLimited,

    /// <summary>The filter chain names a cluster that the control plane has not sent.</summary>
    NoCluster,

    /// <summary>The cluster, or the subset asked for, has no endpoint to try.</summary>
    NoEndpoints,

    /// <summary>As many connections to the cluster were open, or being opened, as its circuit breaker allows.</summary>
    UpstreamOverflow,

    /// <summary>No endpoint accepted; the last attempt took longer than the cluster's connect timeout.</summary>
    ConnectTimeout,

    /// <summary>No endpoint accepted; the last attempt was refused or unreachable.</summary>
    ConnectFailed,

    /// <summary>The client reset the connection.</summary>
    DownstreamReset,

    /// <summary>The endpoint reset the connection.</summary>
    UpstreamReset,

    /// <summary>No byte passed in either direction for the idle timeout.</summary>
    IdleTimeout,

    /// <summary>The connection was as old as its filter chain lets connections become.</summary>
    DurationTimeout,

    /// <summary>A drain ended it: it was idle, or the drain time was over.</summary>
    Drained,

    /// <summary>The filter chain answered by itself (direct response).</summary>
    DirectResponse,

    /// <summary>The connection was handed to the part of the program that serves its filter chain, which did not say how it ended.</summary>
    HandedOver,

    /// <summary>The filter chain ends TLS, and the proxy's own certificate or trust was missing, expired or unusable.</summary>
    TlsNotReady,

    /// <summary>The TLS handshake failed: the two sides could not agree, or the client went away.</summary>
    TlsHandshakeFailed,

    /// <summary>The TLS handshake took too long, or there were too many at a time.</summary>
    TlsHandshakeTimeout,

    /// <summary>The client showed no certificate where one is required.</summary>
    ClientCertificateMissing,

    /// <summary>The client's certificate was refused: not trusted, expired, or without a name that fits.</summary>
    ClientCertificateRefused,

    /// <summary>Access control of the filter chain refused the client.</summary>
    AccessDenied,

    /// <summary>The TLS handshake with the endpoint failed.</summary>
    UpstreamTlsFailed,

    /// <summary>A fault of the proxy itself; the log has the stack trace.</summary>
    InternalError,
}

/// <summary>Which side caused the end of a connection.</summary>
public enum ConnectionSide
{
    /// <summary>The client.</summary>
    Downstream,

    /// <summary>The endpoint.</summary>
    Upstream,

    /// <summary>The proxy: a limit, a timeout, its configuration, or both sides in order.</summary>
    Local,
}

/// <summary>What follows from an outcome alone.</summary>
public static class ConnectionOutcomes
{
    /// <summary>Number of outcomes; they are numbered from 0 without gaps.</summary>
    public const int Count = (int)ConnectionOutcome.InternalError + 1;

    /// <summary>The side that caused it.</summary>
    public static ConnectionSide Side(this ConnectionOutcome outcome) => outcome switch
    {
        ConnectionOutcome.ClientHelloTimeout or ConnectionOutcome.ClientHelloTooLarge or ConnectionOutcome.ClientHelloMalformed
            or ConnectionOutcome.ClientHelloIncomplete or ConnectionOutcome.NotTls or ConnectionOutcome.NoServerName or ConnectionOutcome.NoRoute
            or ConnectionOutcome.DownstreamReset or ConnectionOutcome.TlsHandshakeFailed or ConnectionOutcome.TlsHandshakeTimeout
            or ConnectionOutcome.ClientCertificateMissing or ConnectionOutcome.ClientCertificateRefused or ConnectionOutcome.AccessDenied => ConnectionSide.Downstream,
        ConnectionOutcome.NoEndpoints or ConnectionOutcome.ConnectTimeout or ConnectionOutcome.ConnectFailed
            or ConnectionOutcome.UpstreamReset or ConnectionOutcome.UpstreamTlsFailed => ConnectionSide.Upstream,
        _ => ConnectionSide.Local,
    };

    /// <summary>The outcome as metrics and logs spell it: <c>client_hello_timeout</c>.</summary>
    public static string Tag(this ConnectionOutcome outcome) => Tags[(int)outcome];

    private static readonly string[] Tags = Array.ConvertAll(Enum.GetNames<ConnectionOutcome>(), System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName);
}
