using Zoneway.SniRouter.Clusters.Dns;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

public sealed class DnsConfigTranslatorTests
{
    [Theory]
    [InlineData("STATIC")]
    [InlineData("STRICT_DNS")]
    public void Translate_NoFields_GivesEnvoysDefaults(string type)
    {
        var result = Translate($"type: {type}");

        Assert.Equal(new DnsConfig { LookupFamily = DnsLookupFamily.Auto, RefreshRate = TimeSpan.FromSeconds(5) }, result.Config!.Dns);
    }

    [Theory]
    [InlineData("AUTO", DnsLookupFamily.Auto)]
    [InlineData("V4_ONLY", DnsLookupFamily.V4Only)]
    [InlineData("V6_ONLY", DnsLookupFamily.V6Only)]
    [InlineData("V4_PREFERRED", DnsLookupFamily.V4Preferred)]
    [InlineData("ALL", DnsLookupFamily.All)]
    public void Translate_Family_IsTheDomains(string name, DnsLookupFamily family) =>
        Assert.Equal(family, Translate($"type: STRICT_DNS, dnsLookupFamily: {name}").Config!.Dns.LookupFamily);

    [Fact]
    public void Translate_Fields_AreInForce()
    {
        var result = Translate("type: LOGICAL_DNS, loadAssignment: {endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: a.test, portValue: 80}}}}]}]}, "
            + "dnsLookupFamily: V4_ONLY, dnsRefreshRate: 90s, respectDnsTtl: true, dnsFailureRefreshRate: {baseInterval: 2s, maxInterval: 10s}");

        Assert.Equal(
            new DnsConfig
            {
                LookupFamily = DnsLookupFamily.V4Only,
                RefreshRate = TimeSpan.FromSeconds(90),
                RespectsTimeToLive = true,
                FailureRefreshRate = TimeSpan.FromSeconds(2),
                MaxFailureRefreshRate = TimeSpan.FromSeconds(10),
            },
            result.Config!.Dns);
        Assert.Empty(result.Ignored);
        Assert.Equal(
            ["dns_failure_refresh_rate", "dns_lookup_family", "dns_refresh_rate", "respect_dns_ttl"],
            result.Enforced.Select(field => field.Field).Where(field => field.Contains("dns")).Order());
    }

    [Fact]
    public void Translate_FailureRateWithoutMaximum_IsTenTimesTheBase() => Assert.Equal(
        TimeSpan.FromSeconds(20), Translate("type: STRICT_DNS, dnsFailureRefreshRate: {baseInterval: 2s}").Config!.Dns.MaxFailureRefreshRate);

    private static TranslationResult<SniRouter.Clusters.ClusterConfig> Translate(string fields)
    {
        var result = ClusterTranslator.Translate(Cluster($"{{name: a, {fields}}}"));
        Assert.Empty(result.Errors);
        return result;
    }
}
