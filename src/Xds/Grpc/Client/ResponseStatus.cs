using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Zoneway.Xds.Grpc;

/// <summary>Takes the status of a call from a response. "gRPC over HTTP2": Responses.</summary>
internal static class ResponseStatus
{
    /// <summary>
    /// The status of a response that has no messages: Trailers-Only, or no gRPC response at all. Null when messages and trailers follow.
    /// </summary>
    public static Status? FromHeaders(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return Find(response.Headers) ?? new Status(CodeOf(response.StatusCode), $"The server answered with HTTP status {(int)response.StatusCode}.");
        }

        return GrpcHeaders.IsGrpc(response.Content.Headers.ContentType?.MediaType)
            ? Find(response.Headers)
            : new Status(StatusCode.Unknown, $"The server answered with content type '{response.Content.Headers.ContentType}'.");
    }

    /// <summary>The status at the end of a response; without one it is <see cref="StatusCode.Unknown"/>.</summary>
    public static Status FromTrailers(HttpResponseMessage response) =>
        Find(response.TrailingHeaders) ?? new Status(StatusCode.Unknown, "The server ended the stream without a status.");

    /// <summary>What the headers hold besides the status.</summary>
    public static Metadata MetadataOf(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (key, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                if (!GrpcHeaders.IsReserved(key))
                {
                    metadata.AddReceived(key, value);
                }
            }
        }

        return metadata;
    }

    private static Status? Find(HttpHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues(GrpcHeaders.Status, out var codes))
        {
            return null;
        }

        var message = headers.NonValidated.TryGetValues(GrpcHeaders.Message, out var messages) ? PercentEncoding.Decode(messages.ToString()) : "";
        return int.TryParse(codes.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= (int)StatusCode.Unauthenticated
            ? new Status((StatusCode)code, message)
            : new Status(StatusCode.Unknown, $"The server sent the status '{codes}'. {message}");
    }

    // "HTTP to gRPC Status Code Mapping".
    private static StatusCode CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}
