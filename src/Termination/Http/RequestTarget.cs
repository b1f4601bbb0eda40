using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Zoneway.Termination.Http;

/// <summary>
/// What a request asks for, as Envoy's <c>:path</c> header says it: path and query as the client wrote them, with escapes. It is
/// <see cref="IHttpRequestFeature.RawTarget"/>, so that whoever changes the path before routes and access control look at it has to change it there.
/// </summary>
public static class RequestTarget
{
    /// <summary>Path and query. Empty for a CONNECT to a host and port, which has no path; <c>*</c> for OPTIONS of the whole server.</summary>
    public static ReadOnlySpan<char> PathAndQuery(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(raw))
        {
            return request.PathBase.Add(request.Path).ToUriComponent() + request.QueryString.ToUriComponent();
        }

        return raw[0] == '/' || raw == "*" ? raw : OfAbsolute(raw);
    }

    /// <summary>The path without query and fragment.</summary>
    public static ReadOnlySpan<char> Path(HttpRequest request)
    {
        var target = PathAndQuery(request);
        var end = target.IndexOfAny('?', '#');
        return end < 0 ? target : target[..end];
    }

    // RFC 9112 §3.2.2: scheme "://" authority path; an empty path stands for "/".
    private static ReadOnlySpan<char> OfAbsolute(string raw)
    {
        var authority = raw.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
        {
            return default;
        }

        var start = raw.AsSpan(authority + 3).IndexOfAny('/', '?', '#');
        return start < 0 ? "/" : raw[authority + 3 + start] == '/' ? raw.AsSpan(authority + 3 + start) : $"/{raw.AsSpan(authority + 3 + start)}";
    }
}
