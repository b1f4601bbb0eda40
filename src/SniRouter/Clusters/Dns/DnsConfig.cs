namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>How a cluster resolves the names among its endpoints (Cluster.dns_lookup_family, dns_refresh_rate and so on). Default values are Envoy's.</summary>
public sealed record DnsConfig
{
    /// <summary>Both families, IPv6 preferred, asked again every 5 s.</summary>
    public static DnsConfig Default { get; } = new();

    /// <summary>Which addresses of a name count.</summary>
    public DnsLookupFamily LookupFamily { get; init; }

    /// <summary>Time from an answer to the next question; above zero. Default 5 s.</summary>
    public TimeSpan RefreshRate { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same after a failure or an empty answer, doubled with each further one up to <see cref="MaxFailureRefreshRate"/>; null for <see cref="RefreshRate"/>.</summary>
    public TimeSpan? FailureRefreshRate { get; init; }

    /// <summary>Upper bound of the time after failures in a row; at least <see cref="FailureRefreshRate"/>. Counts only with that.</summary>
    public TimeSpan MaxFailureRefreshRate { get; init; }

    /// <summary>Whether the next question follows when an answer's time to live is over (1 s to 5 min), where it has one above zero, rather than after <see cref="RefreshRate"/>.</summary>
    public bool RespectsTimeToLive { get; init; }
}

/// <summary>Which addresses of a name count (Cluster.DnsLookupFamily).</summary>
public enum DnsLookupFamily
{
    /// <summary>IPv6; IPv4 where there is none.</summary>
    Auto,

    /// <summary>IPv4 only.</summary>
    V4Only,

    /// <summary>IPv6 only.</summary>
    V6Only,

    /// <summary>IPv4; IPv6 where there is none.</summary>
    V4Preferred,

    /// <summary>All.</summary>
    All,
}
