using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Zoneway.Xds.Grpc;

/// <summary>Writes the parts of a response that are not messages. "gRPC over HTTP2": Responses.</summary>
internal static class GrpcResponse
{
    /// <summary>Sends the response headers, so that the client knows the call is accepted.</summary>
    public static Task StartAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = GrpcHeaders.ContentType;
        return response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>Answers with a status and nothing else (Trailers-Only). Nothing may be sent yet.</summary>
    public static void Refuse(HttpResponse response, Status status)
    {
        response.ContentType = GrpcHeaders.ContentType;
        Write(response.Headers, status);
    }

    /// <summary>Adds status and metadata to the trailers of a started response.</summary>
    public static void Finish(HttpResponse response, Status status, Metadata metadata)
    {
        if (response.HttpContext.Features.Get<IHttpResponseTrailersFeature>() is not { Trailers: { IsReadOnly: false } trailers })
        {
            return; // the stream is gone
        }

        foreach (var (key, value) in metadata)
        {
            trailers.Append(key, value);
        }

        Write(trailers, status);
    }

    private static void Write(IHeaderDictionary headers, Status status)
    {
        headers[GrpcHeaders.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (status.Detail.Length > 0)
        {
            headers[GrpcHeaders.Message] = PercentEncoding.Encode(status.Detail);
        }
    }
}
