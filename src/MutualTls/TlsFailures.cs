namespace Zoneway.MutualTls;

/// <summary>What lies behind the exceptions of a handshake.</summary>
internal static class TlsFailures
{
    /// <summary>The result for an exception, and for what was said of the peer before it.</summary>
    public static TlsHandshake Explain(Exception exception, PeerVerdict? verdict) => exception switch
    {
        _ when verdict is { Identity: null, Refusal: var refusal } => TlsHandshake.Refused(refusal),
        OperationCanceledException => TlsHandshake.Failed(TlsFailure.Timeout, "the handshake took too long"),
        IOException or InvalidOperationException => TlsHandshake.Failed(TlsFailure.Closed, "the peer closed the connection during the handshake"),
        _ => TlsHandshake.Failed(TlsFailure.Protocol, exception.InnerException?.Message ?? exception.Message),
    };
}
