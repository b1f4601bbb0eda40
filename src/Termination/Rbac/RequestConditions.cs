using Microsoft.AspNetCore.Http;
using Zoneway.MutualTls;
using Zoneway.Termination.Http;

namespace Zoneway.Termination.Rbac;

/// <summary>Fits requests by a header (header). Without a request it does not fit.</summary>
/// <param name="Header">The condition on the header.</param>
public sealed record HeaderCondition(HeaderMatcherConfig Header) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request) => request is not null && Header.Matches(request);

    /// <inheritdoc/>
    public override string ToString() => Header.ToString();
}

/// <summary>Fits requests by their path (url_path), without query and fragment, with escapes as the client wrote them. Without a request or a path it does not fit.</summary>
/// <param name="Path">What the path must be.</param>
public sealed record UrlPathCondition(StringMatcher Path) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request)
    {
        if (request is null)
        {
            return false;
        }

        var path = RequestTarget.Path(request);
        return !path.IsEmpty && Path.Matches(path);
    }

    /// <inheritdoc/>
    public override string ToString() => $"path {Path}";
}
