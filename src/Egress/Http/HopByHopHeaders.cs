using Microsoft.AspNetCore.Http;

namespace Zoneway.Egress.Http;

/// <summary>Headers that a client means for the next hop only, by naming them in Connection (RFC 9110 §7.6.1). The forwarder itself leaves out the ones that are always of this kind.</summary>
internal static class HopByHopHeaders
{
    // Whoever could take these away could make the service see another request than access control did.
    private static readonly string[] Kept = ["close", "keep-alive", "upgrade", "host", "content-length", "transfer-encoding", "te", "content-type", "x-kuma-tags"];

    /// <summary>Takes them away, as far as Kestrel lets them be seen: where Connection has <c>close</c>, <c>keep-alive</c> or <c>upgrade</c> besides, it shows only that.</summary>
    public static void Remove(IHeaderDictionary headers)
    {
        var connection = headers.Connection;
        if (connection.Count == 0 || (connection.Count == 1 && connection[0] is "close" or "keep-alive" or "Upgrade"))
        {
            return;
        }

        foreach (var line in connection)
        {
            foreach (var name in (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!Kept.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    headers.Remove(name);
                }
            }
        }
    }
}
