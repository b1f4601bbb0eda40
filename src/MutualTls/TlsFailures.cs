using System.Security.Authentication;
using System.Security.Cryptography;

namespace Zoneway.MutualTls;

/// <summary>What lies behind the exceptions of a handshake.</summary>
internal static class TlsFailures
{
    /// <summary>
    /// Whether an exception says no more than that a handshake failed. Certificates that cannot be read, and server names that cannot be sent, are told by exceptions of other kinds than the rest.
    /// </summary>
    public static bool IsOfHandshake(Exception exception) => exception is AuthenticationException or IOException or OperationCanceledException
        or InvalidOperationException or CryptographicException or ArgumentException or NotSupportedException;

    /// <summary>The result for an exception, and for what was said of the peer before it.</summary>
    public static TlsHandshake Explain(Exception exception, PeerVerdict? verdict) => exception switch
    {
        _ when verdict is { Identity: null, Refusal: var refusal } => TlsHandshake.Refused(refusal),
        OperationCanceledException => TlsHandshake.Failed(TlsFailure.Timeout, "the handshake took too long"),
        IOException or InvalidOperationException => TlsHandshake.Failed(TlsFailure.Closed, "the peer closed the connection during the handshake"),
        _ => TlsHandshake.Failed(TlsFailure.Protocol, exception.InnerException?.Message ?? exception.Message),
    };
}
