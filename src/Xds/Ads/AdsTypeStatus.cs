namespace Zoneway.Xds.Ads;

/// <summary>Where one resource type stands. Counts are since start, over all streams.</summary>
/// <param name="TypeUrl">The type.</param>
/// <param name="Name">Short name: <c>cds</c>, <c>eds</c>, <c>lds</c> or <c>sds</c>.</param>
public sealed record AdsTypeStatus(string TypeUrl, string Name)
{
    /// <summary>Version acknowledged last; with delta the system version of the last response. Empty before the first.</summary>
    public string Version { get; init; } = "";

    /// <summary>Nonce of the last response of the current stream; empty before the first.</summary>
    public string Nonce { get; init; } = "";

    /// <summary>Names subscribed to on the current stream; 0 for a wildcard.</summary>
    public int SubscribedNames { get; init; }

    /// <summary>Requests sent, ACKs and NACKs included.</summary>
    public long Sent { get; init; }

    /// <summary>Responses acknowledged.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Responses rejected.</summary>
    public long Rejected { get; init; }

    /// <summary>When the last response was taken in; null before the first.</summary>
    public DateTimeOffset? LastUpdate { get; init; }
}
