namespace Zoneway.TestUtilities.Kuma;

/// <summary>What differs between the versions of kuma-cp that a zone proxy meets. Protocol §10.</summary>
internal sealed record KumaProfile
{
    /// <summary>The 2.7 line: state of the world only, answers in no order, TCP admin.</summary>
    public static readonly KumaProfile V27 = new() { Version = "2.7.29", ServesDelta = false, IsOrdered = false, OffersDelta = false };

    /// <summary>The 2.14 line: both variants, the one that the proxy asks for.</summary>
    public static readonly KumaProfile V214 = new() { Version = "2.14.3" };

    /// <summary>The 3.x design: delta, and zone proxies are Dataplanes.</summary>
    public static readonly KumaProfile Head = new() { Version = "3.0.0", AdsCluster = "system_ads", AlwaysDelta = true, ServesZoneProxyTypes = false };

    public required string Version { get; init; }

    /// <summary>Whether a delta stream gets anything: 2.7 registers the method without its callbacks, so no snapshot ever appears (§3.1).</summary>
    public bool ServesDelta { get; init; } = true;

    /// <summary>Whether <c>feature-delta-grpc</c> makes the bootstrap say DELTA_GRPC (§1.3).</summary>
    public bool OffersDelta { get; init; } = true;

    /// <summary>Whether the bootstrap says DELTA_GRPC to everyone (§1.3).</summary>
    public bool AlwaysDelta { get; init; }

    /// <summary>
    /// Whether answers follow the order of §3.3 rule 8, and a new version of the clusters brings one of the endpoints (rule 7). Without it the
    /// endpoints come anew only when the client asks again after a cluster answer (rule 11).
    /// </summary>
    public bool IsOrdered { get; init; } = true;

    /// <summary>Whether <c>ingress</c> and <c>egress</c> are proxy types (§10).</summary>
    public bool ServesZoneProxyTypes { get; init; } = true;

    /// <summary>Name of the static cluster that leads to the ADS (§1.3).</summary>
    public string AdsCluster { get; init; } = "ads_cluster";

    /// <summary>Whether the bootstrap for these features names the delta variant.</summary>
    public bool UsesDelta(IReadOnlyList<string> features) => AlwaysDelta || (OffersDelta && features.Contains("feature-delta-grpc"));
}
