using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Zoneway.Termination.Http;

/// <summary>What a request hashes to by the policies of its route (RouteAction.HashPolicy). The hash is of this process' own kind; that equal requests meet is all that counts.</summary>
internal static class RequestHash
{
    // FNV-1a, 64 bits.
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The hash; null when the request has nothing of what is asked for.</summary>
    public static ulong? Compute(ImmutableArray<HashPolicyConfig> policies, HttpRequest request, TerminatedConnection connection)
    {
        ulong? hash = null;
        foreach (var policy in policies)
        {
            if (Find(policy, request, connection) is { Length: > 0 } value)
            {
                // Several are put together in their order, as Envoy does: turned by one bit, then mixed.
                hash = hash is { } before ? ulong.RotateLeft(before, 1) ^ Of(value) : Of(value);
            }

            // A terminal one ends the list also where the request has nothing of it but something of one before.
            if (policy.IsTerminal && hash is not null)
            {
                break;
            }
        }

        return hash;
    }

    private static string? Find(HashPolicyConfig policy, HttpRequest request, TerminatedConnection connection) => policy.Source switch
    {
        HashSource.Header => request.Headers.TryGetValue(policy.Name, out var values) ? Rewritten(policy, values.ToString()) : null,
        HashSource.Cookie => request.Cookies[policy.Name],
        HashSource.QueryParameter => request.Query.TryGetValue(policy.Name, out var parameter) ? parameter.ToString() : null,
        HashSource.FilterState => connection.FilterState.GetValueOrDefault(policy.Name),
        _ => connection.Remote?.Address.ToString(),
    };

    // One that is too long to be rewritten is hashed as it came.
    private static string Rewritten(HashPolicyConfig policy, string value) => policy.Rewrite?.Apply(value) ?? value;

    private static ulong Of(string value)
    {
        var hash = OffsetBasis;
        foreach (var character in value)
        {
            hash = (hash ^ character) * Prime;
        }

        // FNV leaves its upper bits poor; tables look at all of them.
        hash ^= hash >> 32;
        hash *= 0x9E3779B97F4A7C15;
        return hash ^ (hash >> 29);
    }
}
