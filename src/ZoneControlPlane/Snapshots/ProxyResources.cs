using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;

namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>The whole configuration of one proxy. Names are unique within each kind.</summary>
internal sealed record ProxyResources(
    ImmutableArray<Cluster> Clusters,
    ImmutableArray<ClusterLoadAssignment> Assignments,
    ImmutableArray<Listener> Listeners)
{
    /// <summary>Certificates and trust that the listeners refer to, as far as there are any yet.</summary>
    public ImmutableArray<Secret> Secrets { get; init; } = [];
}
