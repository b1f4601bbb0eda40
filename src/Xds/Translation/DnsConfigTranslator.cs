using Envoy.Config.Cluster.V3;
using Zoneway.SniRouter.Clusters.Dns;

namespace Zoneway.Xds.Translation;

/// <summary>What a cluster says of resolving names (protocol §5.4) to <see cref="DnsConfig"/>. Default values are Envoy's.</summary>
internal static class DnsConfigTranslator
{
    // Cluster.RefreshRate: without a maximum, ten times the base.
    private const int DefaultMaxFactor = 10;

    /// <summary>Translates the fields of a STRICT_DNS or LOGICAL_DNS cluster, and notes what is in force; they mean nothing to others.</summary>
    public static DnsConfig Translate(Cluster message, Findings findings)
    {
        if (message.Type is not (Cluster.Types.DiscoveryType.StrictDns or Cluster.Types.DiscoveryType.LogicalDns))
        {
            return DnsConfig.Default;
        }

        var rate = message.DnsRefreshRate is { } given ? DurationTranslator.TranslatePositive(given, findings, "dns_refresh_rate") : null;
        var config = TranslateFailureRate(message.DnsFailureRefreshRate, findings.At("dns_failure_refresh_rate")) with
        {
            LookupFamily = TranslateFamily(message.DnsLookupFamily, findings),
            RefreshRate = rate ?? DnsConfig.Default.RefreshRate,
            RespectsTimeToLive = message.RespectDnsTtl,
        };
        NoteEnforced(config, findings);
        return config;
    }

    private static DnsLookupFamily TranslateFamily(Cluster.Types.DnsLookupFamily family, Findings findings)
    {
        switch (family)
        {
            case Cluster.Types.DnsLookupFamily.Auto:
                return DnsLookupFamily.Auto;
            case Cluster.Types.DnsLookupFamily.V4Only:
                return DnsLookupFamily.V4Only;
            case Cluster.Types.DnsLookupFamily.V6Only:
                return DnsLookupFamily.V6Only;
            case Cluster.Types.DnsLookupFamily.V4Preferred:
                return DnsLookupFamily.V4Preferred;
            case Cluster.Types.DnsLookupFamily.All:
                return DnsLookupFamily.All;
            default:
                findings.Reject("dns_lookup_family", $"lookup family {(int)family} is not known");
                return DnsLookupFamily.Auto;
        }
    }

    private static DnsConfig TranslateFailureRate(Cluster.Types.RefreshRate? rate, Findings findings)
    {
        if (rate is null)
        {
            return DnsConfig.Default;
        }

        if (rate.BaseInterval is null)
        {
            findings.Reject("base_interval", "an interval is needed");
            return DnsConfig.Default;
        }

        var interval = DurationTranslator.TranslatePositive(rate.BaseInterval, findings, "base_interval");
        var maximum = rate.MaxInterval is { } given ? DurationTranslator.TranslatePositive(given, findings, "max_interval") : interval * DefaultMaxFactor;
        findings.RejectIf(maximum < interval, "max_interval", "the maximum is below the base interval");
        return new DnsConfig
        {
            FailureRefreshRate = interval,
            MaxFailureRefreshRate = maximum < DurationTranslator.Longest ? maximum.Value : DurationTranslator.Longest,
        };
    }

    private static void NoteEnforced(DnsConfig config, Findings findings)
    {
        findings.Enforce("dns_lookup_family", config.LookupFamily switch
        {
            DnsLookupFamily.V4Only => "IPv4 addresses of names",
            DnsLookupFamily.V6Only => "IPv6 addresses of names",
            DnsLookupFamily.V4Preferred => "IPv4 addresses of names, else IPv6",
            DnsLookupFamily.All => "IPv4 and IPv6 addresses of names",
            _ => "IPv6 addresses of names, else IPv4",
        });
        findings.Enforce("dns_refresh_rate", $"names resolved every {DurationText.Of(config.RefreshRate)}");
        if (config.RespectsTimeToLive)
        {
            findings.Enforce("respect_dns_ttl", "names resolved when their time to live is over instead");
        }

        if (config.FailureRefreshRate is { } rate)
        {
            findings.Enforce("dns_failure_refresh_rate", $"after failures every {DurationText.Of(rate)}, up to {DurationText.Of(config.MaxFailureRefreshRate)}");
        }
    }
}
