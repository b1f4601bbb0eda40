using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Clusters.Dns;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

public sealed class DnsAddressesTests
{
    [Theory]
    [InlineData(DnsLookupFamily.V4Only, AddressFamily.InterNetwork)]
    [InlineData(DnsLookupFamily.V6Only, AddressFamily.InterNetworkV6)]
    [InlineData(DnsLookupFamily.Auto, AddressFamily.Unspecified)]
    [InlineData(DnsLookupFamily.V4Preferred, AddressFamily.Unspecified)]
    [InlineData(DnsLookupFamily.All, AddressFamily.Unspecified)]
    public void FamilyToAsk_IsWhatCounts(DnsLookupFamily family, AddressFamily expected) => Assert.Equal(expected, DnsAddresses.FamilyToAsk(family));

    [Theory]
    [InlineData(DnsLookupFamily.V4Only, "1.1.1.1 ::1 2.2.2.2", "1.1.1.1 2.2.2.2")]
    [InlineData(DnsLookupFamily.V4Only, "::1", "")]
    [InlineData(DnsLookupFamily.V6Only, "1.1.1.1 ::1 2.2.2.2", "::1")]
    [InlineData(DnsLookupFamily.Auto, "1.1.1.1 ::1 2.2.2.2 ::2", "::1 ::2")]
    [InlineData(DnsLookupFamily.Auto, "1.1.1.1 2.2.2.2", "1.1.1.1 2.2.2.2")]
    [InlineData(DnsLookupFamily.V4Preferred, "::1 1.1.1.1", "1.1.1.1")]
    [InlineData(DnsLookupFamily.V4Preferred, "::2 ::1", "::2 ::1")]
    [InlineData(DnsLookupFamily.All, "::1 ::2 ::3 1.1.1.1", "::1 1.1.1.1 ::2 ::3")]
    [InlineData(DnsLookupFamily.All, "1.1.1.1 2.2.2.2 ::1 ::2 ::3", "1.1.1.1 ::1 2.2.2.2 ::2 ::3")]
    [InlineData(DnsLookupFamily.All, "1.1.1.1", "1.1.1.1")]
    [InlineData(DnsLookupFamily.All, "", "")]
    public void Choose_TakesTheFamilyInTheResolversOrder(DnsLookupFamily family, string found, string expected) =>
        Assert.Equal(expected, string.Join(' ', DnsAddresses.Choose(Parse(found), family)));

    [Theory]
    [InlineData(DnsLookupFamily.All)]
    [InlineData(DnsLookupFamily.V4Only)]
    public void Choose_TooManyAddresses_IsBounded(DnsLookupFamily family) => Assert.Equal(
        DnsAddresses.MaxAddresses, DnsAddresses.Choose([.. Enumerable.Range(0, 1000).Select(i => new IPAddress(i + 1))], family).Length);

    private static ImmutableArray<IPAddress> Parse(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)];
}
