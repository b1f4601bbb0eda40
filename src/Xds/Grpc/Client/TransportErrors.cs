using System.Net.Sockets;

namespace Zoneway.Xds.Grpc;

/// <summary>The status of a call that failed below gRPC. "gRPC over HTTP2": Errors.</summary>
internal static class TransportErrors
{
    // RFC 9113 §7.
    private const long NoError = 0x0;
    private const long ProtocolError = 0x1;
    private const long RefusedStream = 0x7;
    private const long Cancel = 0x8;
    private const long EnhanceYourCalm = 0xB;
    private const long InadequateSecurity = 0xC;

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
        TimeoutException => StatusCode.Unavailable, // the connect timeout; the deadline is settled before it cancels
        OperationCanceledException => StatusCode.Cancelled,
        _ => null,
    };

    private static StatusCode CodeOf(HttpProtocolException exception) => exception.ErrorCode switch
    {
        NoError => StatusCode.Unavailable, // a server that shuts down: GOAWAY, then the end of the connection
        RefusedStream => StatusCode.Unavailable,
        Cancel => StatusCode.Cancelled,
        EnhanceYourCalm => StatusCode.ResourceExhausted,
        InadequateSecurity => StatusCode.PermissionDenied,
        // SocketsHttpHandler reports an unanswered ping as PROTOCOL_ERROR too; only the text tells.
        ProtocolError when exception.Message.Contains("ping", StringComparison.OrdinalIgnoreCase) => StatusCode.Unavailable,
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
