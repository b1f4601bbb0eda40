namespace Zoneway.Xds.Ads;

/// <summary>The two forms of the aggregated discovery service. Which one a proxy uses is what its bootstrap says (protocol §3.1).</summary>
public enum XdsVariant
{
    /// <summary><c>StreamAggregatedResources</c>: each response of a wildcard type is the full state.</summary>
    StateOfTheWorld,

    /// <summary><c>DeltaAggregatedResources</c>: responses carry what changed and what was removed.</summary>
    Delta,
}
