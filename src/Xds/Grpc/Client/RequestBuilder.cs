using System.Net;
using System.Net.Http.Headers;

namespace Zoneway.Xds.Grpc;

/// <summary>Makes the HTTP/2 request of a call. "gRPC over HTTP2": Request-Headers.</summary>
internal static class RequestBuilder
{
    private static readonly MediaTypeHeaderValue ContentType = new(GrpcHeaders.ContentType);
    private static readonly string UserAgent = $"grpc-zoneway/{typeof(RequestBuilder).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>A POST over HTTP/2 and no other version.</summary>
    public static HttpRequestMessage Build(Uri uri, HttpContent content, in CallOptions options, TimeProvider time)
    {
        content.Headers.ContentType = ContentType;
        var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.TryAddWithoutValidation("user-agent", UserAgent);
        request.Headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, GrpcHeaders.Identity);
        if (options.Deadline is { } deadline)
        {
            request.Headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Format(deadline - time.GetUtcNow()));
        }

        foreach (var (key, value) in options.Headers ?? Metadata.Empty)
        {
            request.Headers.TryAddWithoutValidation(key, value);
        }

        return request;
    }
}
