using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>Which of the addresses found count for a cluster, and in which order.</summary>
internal static class DnsAddresses
{
    /// <summary>Most addresses of one name that are used; what is more is left out. What comes from the network needs a bound, and no service has more.</summary>
    public const int MaxAddresses = 256;

    /// <summary>What to ask a resolver for.</summary>
    public static AddressFamily FamilyToAsk(DnsLookupFamily family) => family switch
    {
        DnsLookupFamily.V4Only => AddressFamily.InterNetwork,
        DnsLookupFamily.V6Only => AddressFamily.InterNetworkV6,
        _ => AddressFamily.Unspecified,
    };

    /// <summary>Takes what counts; the resolver's order stays within a family.</summary>
    public static ImmutableArray<IPAddress> Choose(ImmutableArray<IPAddress> addresses, DnsLookupFamily family)
    {
        var chosen = family switch
        {
            DnsLookupFamily.V4Only => Of(addresses, AddressFamily.InterNetwork),
            DnsLookupFamily.V6Only => Of(addresses, AddressFamily.InterNetworkV6),
            DnsLookupFamily.V4Preferred => Of(addresses, AddressFamily.InterNetwork) is { Length: > 0 } found ? found : Of(addresses, AddressFamily.InterNetworkV6),
            DnsLookupFamily.Auto => Of(addresses, AddressFamily.InterNetworkV6) is { Length: > 0 } found ? found : Of(addresses, AddressFamily.InterNetwork),
            _ => Interleave(addresses),
        };
        return chosen.Length > MaxAddresses ? chosen[..MaxAddresses] : chosen;
    }

    /// <summary>RFC 8305 §4: the families in turns, beginning with that of the preferred address, so that one that does not work costs one attempt.</summary>
    private static ImmutableArray<IPAddress> Interleave(ImmutableArray<IPAddress> addresses)
    {
        if (addresses.IsEmpty)
        {
            return [];
        }

        var preferred = addresses[0].AddressFamily;
        var first = Of(addresses, preferred);
        var second = Of(addresses, preferred == AddressFamily.InterNetwork ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        var result = ImmutableArray.CreateBuilder<IPAddress>(addresses.Length);
        for (var i = 0; i < Math.Max(first.Length, second.Length); i++)
        {
            result.AddRange(first.AsSpan(Math.Min(i, first.Length), i < first.Length ? 1 : 0));
            result.AddRange(second.AsSpan(Math.Min(i, second.Length), i < second.Length ? 1 : 0));
        }

        return result.ToImmutable();
    }

    private static ImmutableArray<IPAddress> Of(ImmutableArray<IPAddress> addresses, AddressFamily family) => addresses.RemoveAll(address => address.AddressFamily != family);
}
