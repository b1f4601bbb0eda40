using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Zoneway.Termination.Http;

/// <summary>Brings the path of a request into its normal form, so that routes, access control and the endpoint see the same one. The query stays. In Envoy's order: escaped slashes, dot segments, slashes in a row.</summary>
internal static class PathNormalization
{
    private static readonly LocalReply Refused = new(StatusCodes.Status400BadRequest, "path_normalization_failed", "the path cannot be brought into its normal form, or has escaped slashes");

    /// <summary>Changes the request's target.</summary>
    /// <returns>The answer that ends the request here; null to go on.</returns>
    public static LocalReply? Apply(PathNormalizationConfig config, HttpRequest request)
    {
        var target = RequestTarget.PathAndQuery(request);
        if (target.IsEmpty || target[0] != '/')
        {
            return null;
        }

        var length = RequestTarget.Path(request).Length;
        var (path, rest) = (target[..length].ToString(), target[length..].ToString());
        var slashes = config.EscapedSlashes == EscapedSlashes.Keep ? path : UnescapeSlashes(path);
        var isUnescaped = slashes.Length != path.Length;
        if (isUnescaped && config.EscapedSlashes == EscapedSlashes.Reject)
        {
            return Refused;
        }

        var normal = config.Normalizes ? Normalize(slashes) : slashes;
        if (normal is null)
        {
            return Refused;
        }

        normal = config.MergesSlashes ? MergeSlashes(normal) : normal;
        if (isUnescaped && config.EscapedSlashes == EscapedSlashes.Redirect)
        {
            return new LocalReply(StatusCodes.Status307TemporaryRedirect, "path_normalization_redirect", "")
            {
                // With its host: a path that begins with two slashes would be taken for another one.
                Headers = [new HeaderMutation("location", $"{request.Scheme}://{request.Host.Value}{normal}{rest}", HeaderAppendAction.OverwriteIfExistsOrAdd)],
            };
        }

        if (normal != path)
        {
            request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = string.Concat(normal, rest);
        }

        return null;
    }

    private static string UnescapeSlashes(string path) => path.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase).Replace("%5C", "\\", StringComparison.OrdinalIgnoreCase);

    /// <summary>RFC 3986 §6.2.2: null for a path with an escaped control character, which no endpoint is meant to see.</summary>
    private static string? Normalize(string path)
    {
        var plain = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '%' || i + 2 >= path.Length || !byte.TryParse(path.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
            {
                plain.Append(path[i] == '\\' ? '/' : path[i]);
                continue;
            }

            if (char.IsControl((char)escaped) && escaped < 128)
            {
                return null;
            }

            if (IsUnreserved((char)escaped))
            {
                plain.Append((char)escaped);
            }
            else
            {
                plain.Append(path, i, 3);
            }

            i += 2;
        }

        return RemoveDotSegments(plain.ToString());
    }

    // RFC 3986 §5.2.4: what lies above the root is the root.
    private static string RemoveDotSegments(string path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal))
        {
            return path;
        }

        var result = new StringBuilder(path.Length);
        var start = 1;
        while (start <= path.Length)
        {
            var slash = path.IndexOf('/', start);
            var end = slash < 0 ? path.Length : slash;
            var segment = path.AsSpan(start, end - start);
            if (segment is "..")
            {
                while (result.Length > 0 && result[^1] != '/')
                {
                    result.Length--;
                }

                result.Length = Math.Max(0, result.Length - 1);
            }

            if (segment is not ("." or ".."))
            {
                result.Append('/').Append(segment);
            }
            else if (slash < 0)
            {
                result.Append('/');
            }

            start = end + 1;
        }

        return result.Length == 0 ? "/" : result.ToString();
    }

    private static string MergeSlashes(string path)
    {
        if (!path.Contains("//", StringComparison.Ordinal))
        {
            return path;
        }

        var result = new StringBuilder(path.Length);
        foreach (var character in path)
        {
            if (character != '/' || result.Length == 0 || result[^1] != '/')
            {
                result.Append(character);
            }
        }

        return result.ToString();
    }

    // RFC 3986 §2.3.
    private static bool IsUnreserved(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~';
}
