using System.Collections.Immutable;

namespace Zoneway.Termination.Http;

/// <summary>Where requests go (RouteConfiguration).</summary>
public sealed record RouteTableConfig
{
    /// <summary>Its name, for logs.</summary>
    public string Name { get; init; } = "";

    /// <summary>Names of all clusters that a route leads to.</summary>
    public ImmutableArray<string> ClusterNames { get; init; } = [];
}
