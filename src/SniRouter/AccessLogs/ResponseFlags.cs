using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>Outcomes as Envoy's response flags, short and long (<c>%RESPONSE_FLAGS%</c>, <c>%RESPONSE_FLAGS_LONG%</c>). Outcomes without a flag are <c>-</c>.</summary>
internal static class ResponseFlags
{
    /// <summary>Such as <c>UF,URX</c>.</summary>
    public static string Short(ConnectionOutcome outcome) => Of(outcome).Short;

    /// <summary>Such as <c>UpstreamConnectionFailure,UpstreamRetryLimitExceeded</c>.</summary>
    public static string Long(ConnectionOutcome outcome) => Of(outcome).Long;

    private static (string Short, string Long) Of(ConnectionOutcome outcome) => outcome switch
    {
        ConnectionOutcome.NoRoute or ConnectionOutcome.NotTls or ConnectionOutcome.NoServerName => ("NR", "NoRouteFound"),
        ConnectionOutcome.NoCluster => ("NC", "NoClusterFound"),
        ConnectionOutcome.NoEndpoints => ("UH", "NoHealthyUpstream"),
        ConnectionOutcome.UpstreamOverflow => ("UO", "UpstreamOverflow"),
        ConnectionOutcome.RateLimited => ("RL", "RateLimited"),
        ConnectionOutcome.UpstreamTlsFailed => ("UF", "UpstreamConnectionFailure"),
        ConnectionOutcome.TlsHandshakeFailed or ConnectionOutcome.TlsHandshakeTimeout or ConnectionOutcome.ClientCertificateMissing
            or ConnectionOutcome.ClientCertificateRefused or ConnectionOutcome.TlsNotReady => ("DPE", "DownstreamProtocolError"),
        ConnectionOutcome.AccessDenied => ("UAEX", "UnauthorizedExternalService"),
        ConnectionOutcome.DurationTimeout => ("DT", "DurationTimeout"),
        ConnectionOutcome.ConnectFailed or ConnectionOutcome.ConnectTimeout => ("UF,URX", "UpstreamConnectionFailure,UpstreamRetryLimitExceeded"),
        ConnectionOutcome.UpstreamReset => ("UC", "UpstreamConnectionTermination"),
        ConnectionOutcome.DownstreamReset or ConnectionOutcome.ClientHelloIncomplete => ("DC", "DownstreamConnectionTermination"),
        ConnectionOutcome.ClientHelloMalformed or ConnectionOutcome.ClientHelloTooLarge => ("DPE", "DownstreamProtocolError"),
        ConnectionOutcome.FilterChainQuarantined => ("NFCF", "NoFilterConfigFound"),
        _ => ("-", "-"),
    };
}
