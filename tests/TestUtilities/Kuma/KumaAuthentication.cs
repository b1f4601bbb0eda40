using Zoneway.Xds.Grpc;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>
/// The check of the token on the first message of a stream. A failure is a plain Go error, so status Unknown, with a text that begins with
/// <c>authentication failed:</c>; no other hint. Protocol §2.
/// </summary>
internal static class KumaAuthentication
{
    /// <param name="tokens">The valid ones; null when authentication is off.</param>
    /// <param name="authorization">The metadata, the token without a scheme; null counts as empty.</param>
    /// <exception cref="RpcException">Not valid.</exception>
    public static void Check(IReadOnlyCollection<string>? tokens, string? authorization)
    {
        if (tokens is not null && !tokens.Contains(authorization ?? ""))
        {
            throw new RpcException(new Status(StatusCode.Unknown, $"authentication failed: the token is {(string.IsNullOrEmpty(authorization) ? "empty" : "not valid")}"));
        }
    }
}
