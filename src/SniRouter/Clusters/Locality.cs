namespace Zoneway.SniRouter.Clusters;

/// <summary>Where an endpoint runs (envoy.config.core.v3.Locality). An empty part is unknown.</summary>
public readonly record struct Locality(string Region, string Zone, string SubZone)
{
    /// <summary>The locality of an endpoint that names none.</summary>
    public static Locality Unknown { get; } = new("", "", "");

    /// <inheritdoc/>
    public override string ToString() => $"{Region}/{Zone}/{SubZone}";
}
