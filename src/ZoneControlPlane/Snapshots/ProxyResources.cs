using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;

namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>The whole configuration of one proxy. Names are unique within each kind.</summary>
internal sealed record ProxyResources(
    ImmutableArray<Cluster> Clusters,
    ImmutableArray<ClusterLoadAssignment> Assignments,
    ImmutableArray<Listener> Listeners);
