using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Zoneway.Termination.Http;

/// <summary>The answer that sends a client elsewhere.</summary>
internal static class Redirection
{
    /// <summary>The answer of a route to a request; null when its path is too long to be rewritten.</summary>
    public static LocalReply? Reply(RedirectActionConfig action, RouteMatchConfig match, HttpRequest request)
    {
        var target = action.PathRewrite is { } rewrite ? rewrite.Apply(match, request) : RequestTarget.PathAndQuery(request).ToString();
        return target is null ? null : new LocalReply(action.Status, "direct_response", "")
        {
            Headers = [new HeaderMutation("location", Location(action, request, target), HeaderAppendAction.OverwriteIfExistsOrAdd), .. action.ResponseHeaders],
        };
    }

    private static string Location(RedirectActionConfig action, HttpRequest request, string target)
    {
        var scheme = action.Scheme.Length > 0 ? action.Scheme : request.Scheme;
        return $"{scheme}://{Authority(action, request, scheme)}{Target(action, target)}";
    }

    // As in Envoy, the usual port of the scheme that was is not taken along to another scheme.
    private static string Authority(RedirectActionConfig action, HttpRequest request, string scheme)
    {
        var asked = request.Host;
        var host = action.Host.Length > 0 ? action.Host : asked.Host;
        var isUsual = (scheme, asked.Port) is ("https", 80) or ("http", 443);
        var port = action.Port > 0 ? (int)action.Port : action.Host.Length > 0 || isUsual ? null : asked.Port;
        return port is null ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
    }

    private static string Target(RedirectActionConfig action, string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? target[at..] : "";
        if (action.Path.Length > 0)
        {
            // One that has a query of its own takes the place of both.
            return action.StripsQuery || action.Path.Contains('?', StringComparison.Ordinal) ? action.Path : action.Path + query;
        }

        return action.StripsQuery ? target[..(target.Length - query.Length)] : target;
    }
}
