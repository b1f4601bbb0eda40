using Microsoft.AspNetCore.Http;

namespace Zoneway.Xds.Grpc;

/// <summary>Decides whether an HTTP request is a call that can be served.</summary>
internal static class RequestCheck
{
    /// <summary>Answers a request that is no call, or cannot be served. False when it can; nothing is answered then.</summary>
    /// <param name="context">The request.</param>
    /// <param name="timeout">The client's timeout; null for none.</param>
    public static bool TryRefuse(HttpContext context, out TimeSpan? timeout)
    {
        timeout = null;
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "HTTP/2";
            return true;
        }

        if (!GrpcHeaders.IsGrpc(context.Request.ContentType))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return true;
        }

        if (RefusalOf(context.Request.Headers, ref timeout) is not { } status)
        {
            return false;
        }

        context.Response.Headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.Identity;
        GrpcResponse.Refuse(context.Response, status);
        return true;
    }

    private static Status? RefusalOf(IHeaderDictionary headers, ref TimeSpan? timeout)
    {
        var encoding = headers[GrpcHeaders.Encoding].ToString();
        if (encoding is not ("" or GrpcHeaders.Identity))
        {
            return new(StatusCode.Unimplemented, "Compressed messages are not supported.");
        }

        var timeoutText = headers[GrpcHeaders.Timeout].ToString();
        if (timeoutText.Length == 0)
        {
            return null;
        }

        if (!GrpcTimeout.TryParse(timeoutText, out var value))
        {
            return new(StatusCode.Internal, "The grpc-timeout header is malformed.");
        }

        timeout = value;
        return null;
    }
}
