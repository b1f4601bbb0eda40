using System.Collections.Immutable;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.SniRouter.Routing;

/// <summary>What changes: complete new versions of what is named here, everything else stays as it is.</summary>
public sealed record DataPlaneUpdate
{
    /// <summary>Clusters that are new or changed.</summary>
    public ImmutableArray<ClusterConfig> Clusters { get; init; } = [];

    /// <summary>Names of clusters to drop. They go on serving the filter chains that still name them.</summary>
    public ImmutableArray<string> RemovedClusters { get; init; } = [];

    /// <summary>Endpoints that are new or changed. Those of clusters that are not known yet wait for them.</summary>
    public ImmutableArray<LoadAssignment> Assignments { get; init; } = [];

    /// <summary>Assignments to drop. Their clusters keep the endpoints they have, as in Envoy.</summary>
    public ImmutableArray<string> RemovedAssignments { get; init; } = [];

    /// <summary>Listeners that are new or changed.</summary>
    public ImmutableArray<ListenerConfig> Listeners { get; init; } = [];

    /// <summary>Names of listeners to unbind. Their connections finish.</summary>
    public ImmutableArray<string> RemovedListeners { get; init; } = [];
}

/// <summary>What could not be applied of an update; all the rest was.</summary>
/// <param name="Listener">The listener concerned.</param>
/// <param name="Reason">A sentence for the operator and the control plane.</param>
public sealed record DataPlaneProblem(string Listener, string Reason);
