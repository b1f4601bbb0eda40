namespace Zoneway.Termination.Http;

/// <summary>What becomes of the paths of requests before routes and access control look at them (HttpConnectionManager). The default leaves them as clients wrote them.</summary>
public sealed record PathNormalizationConfig
{
    /// <summary>Paths stay as they are.</summary>
    public static PathNormalizationConfig None { get; } = new();

    /// <summary>Whether dot segments are resolved, backslashes become slashes and needless escapes are undone (normalize_path; RFC 3986 §6.2.2).</summary>
    public bool Normalizes { get; init; }

    /// <summary>Whether several slashes in a row become one (merge_slashes).</summary>
    public bool MergesSlashes { get; init; }

    /// <summary>What becomes of escaped slashes and backslashes (path_with_escaped_slashes_action).</summary>
    public EscapedSlashes EscapedSlashes { get; init; }
}

/// <summary>What becomes of <c>%2F</c> and <c>%5C</c> in a path.</summary>
public enum EscapedSlashes
{
    /// <summary>They stay.</summary>
    Keep,

    /// <summary>The request gets 400.</summary>
    Reject,

    /// <summary>The client is sent to the path without escapes, with 307.</summary>
    Redirect,

    /// <summary>They become slashes and backslashes.</summary>
    Unescape,
}
