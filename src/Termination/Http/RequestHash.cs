using System.Collections.Immutable;
using System.Text;
using Microsoft.AspNetCore.Http;
using Zoneway.SniRouter.Clusters.Hashing;

namespace Zoneway.Termination.Http;

/// <summary>What a request hashes to by the policies of its route (RouteAction.HashPolicy). Texts by xxHash64, as in Envoy; the client's address as connections that are passed through hash it.</summary>
internal static class RequestHash
{
    /// <summary>The hash; null when the request has nothing of what is asked for.</summary>
    public static ulong? Compute(ImmutableArray<HashPolicyConfig> policies, HttpRequest request, TerminatedConnection connection)
    {
        ulong? hash = null;
        foreach (var policy in policies)
        {
            if (Of(policy, request, connection) is { } value)
            {
                // Several are put together in their order, as Envoy does: turned by one bit, then mixed.
                hash = hash is { } before ? ulong.RotateLeft(before, 1) ^ value : value;
            }

            // A terminal one ends the list also where the request has nothing of it but something of one before.
            if (policy.IsTerminal && hash is not null)
            {
                break;
            }
        }

        return hash;
    }

    private static ulong? Of(HashPolicyConfig policy, HttpRequest request, TerminatedConnection connection) =>
        policy.Source == HashSource.SourceIp ? SourceHash.Of(connection.Remote)
        : Find(policy, request, connection) is { Length: > 0 } value ? Of(value)
        : null;

    private static string? Find(HashPolicyConfig policy, HttpRequest request, TerminatedConnection connection) => policy.Source switch
    {
        HashSource.Header => request.Headers.TryGetValue(policy.Name, out var values) ? Rewritten(policy, values.ToString()) : null,
        HashSource.Cookie => request.Cookies[policy.Name],
        HashSource.QueryParameter => request.Query.TryGetValue(policy.Name, out var parameter) ? parameter.ToString() : null,
        HashSource.FilterState => connection.FilterState.GetValueOrDefault(policy.Name),
        _ => null,
    };

    // One that is too long to be rewritten is hashed as it came.
    private static string Rewritten(HashPolicyConfig policy, string value) => policy.Rewrite?.Apply(value) ?? value;

    private static ulong Of(string value)
    {
        const int MostOnStack = 256;
        var length = Encoding.UTF8.GetMaxByteCount(value.Length);
        var bytes = length <= MostOnStack ? stackalloc byte[MostOnStack] : new byte[length];
        return XxHash64.Of(bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
    }
}
