using Microsoft.AspNetCore.Http;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>How many headers a chain takes, and how long they may be together (max_headers_count, max_request_headers_kb). Kestrel's own limits lie around these.</summary>
internal static class HeaderLimits
{
    /// <summary>The answer to a request that goes beyond; RFC 6585 §5.</summary>
    public static LocalReply Reply { get; } = new(StatusCodes.Status431RequestHeaderFieldsTooLarge, "request_headers_too_large", "Request Header Fields Too Large");

    /// <summary>Whether a request goes beyond. As in Envoy, path, method and host are headers too, by length.</summary>
    public static bool AreExceeded(HttpRequest request, HttpConnectionManagerConfig limits)
    {
        var count = 0;
        long bytes = request.Method.Length + RequestTarget.PathAndQuery(request).Length;
        foreach (var (name, values) in request.Headers)
        {
            count += values.Count;
            foreach (var value in values)
            {
                bytes += name.Length + (value?.Length ?? 0);
            }
        }

        return count > limits.MaxHeadersCount || bytes > limits.MaxRequestHeadersBytes;
    }
}
