using System.Net.Sockets;
using System.Security.Authentication;

namespace Zoneway.Xds.Grpc;

/// <summary>The status of a call that failed below gRPC. "gRPC over HTTP2": Errors.</summary>
internal static class TransportErrors
{
    // RFC 9113 §7.
    private const long RefusedStream = 0x7;
    private const long Cancel = 0x8;
    private const long EnhanceYourCalm = 0xB;
    private const long InadequateSecurity = 0xC;

    // Part of SocketsHttpHandler's text for RST_STREAM.
    private const string StreamReset = "reset the stream";

    /// <summary>The status that says best what the exception, or one inside it, means; the innermost that means something decides.</summary>
    public static Status StatusOf(Exception exception)
    {
        var code = StatusCode.Unknown;
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is RpcException { Status: var status })
            {
                return status;
            }

            code = CodeOf(e) ?? code;
        }

        return new(code, exception.GetBaseException().Message, exception);
    }

    private static StatusCode? CodeOf(Exception exception) => exception switch
    {
        HttpProtocolException e => CodeOf(e),
        HttpIOException { HttpRequestError: var error } => CodeOf(error),
        HttpRequestException { HttpRequestError: var error } => CodeOf(error),
        SocketException => StatusCode.Unavailable,
        IOException => StatusCode.Unavailable,
        // With TLS 1.3 the server's word on the client's certificate may come when the request is under way.
        AuthenticationException => StatusCode.Unavailable,
        TimeoutException => StatusCode.Unavailable, // the connect timeout; the deadline is settled before it cancels
        OperationCanceledException => StatusCode.Cancelled,
        _ => null,
    };

    private static StatusCode CodeOf(HttpProtocolException exception) => exception.ErrorCode switch
    {
        // The connection and not the stream failed: a server that closes it (GOAWAY), breaks HTTP/2 or leaves a ping unanswered, which
        // SocketsHttpHandler reports as PROTOCOL_ERROR as well. Only the text tells a reset of the stream from these.
        _ when !exception.Message.Contains(StreamReset, StringComparison.Ordinal) => StatusCode.Unavailable,
        RefusedStream => StatusCode.Unavailable,
        Cancel => StatusCode.Cancelled,
        EnhanceYourCalm => StatusCode.ResourceExhausted,
        InadequateSecurity => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };

    private static StatusCode? CodeOf(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError
            or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError
            or HttpRequestError.ResponseEnded
            or HttpRequestError.VersionNegotiationError => StatusCode.Unavailable,
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => StatusCode.Internal,
        _ => null,
    };
}
