using Microsoft.AspNetCore.Http;

namespace Zoneway.Termination.Http;

/// <summary>What becomes of the path of a route's requests. The query stays.</summary>
public abstract record PathRewriteConfig
{
    /// <summary>Path and query anew. A path that does not begin with a slash gets one: what follows a host must not become a part of its name.</summary>
    /// <param name="match">How the route was found.</param>
    /// <param name="request">The request.</param>
    /// <returns>Null when the path is too long to be rewritten.</returns>
    internal string? Apply(RouteMatchConfig match, HttpRequest request)
    {
        var rewritten = Rewrite(match, RequestTarget.Path(request));
        if (rewritten is null)
        {
            return null;
        }

        var target = string.Concat(rewritten, RequestTarget.PathAndQuery(request)[RequestTarget.Path(request).Length..]);
        return target.StartsWith('/') ? target : "/" + target;
    }

    /// <summary>The path anew; null when it is too long.</summary>
    private protected abstract string? Rewrite(RouteMatchConfig match, ReadOnlySpan<char> path);
}

/// <summary>Replaces what the route was found by, be it a prefix or the whole path (prefix_rewrite).</summary>
/// <param name="Replacement">What takes its place.</param>
public sealed record PrefixRewriteConfig(string Replacement) : PathRewriteConfig
{
    private protected override string Rewrite(RouteMatchConfig match, ReadOnlySpan<char> path) => string.Concat(Replacement, match.Kind == PathMatchKind.Regex ? "" : path[match.Path.Length..]);
}

/// <summary>Replaces what an expression fits (regex_rewrite).</summary>
/// <param name="Substitution">The expression, and what takes its place.</param>
public sealed record RegexRewriteConfig(RegexSubstitution Substitution) : PathRewriteConfig
{
    private protected override string? Rewrite(RouteMatchConfig match, ReadOnlySpan<char> path) => Substitution.Apply(path.ToString());
}
