using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.ZoneControlPlane.Ads;
using Zoneway.ZoneControlPlane.Snapshots;

namespace Zoneway.ZoneControlPlane.Tests.Ads;

/// <summary>Small snapshots by name: a cluster, its endpoints and a listener.</summary>
internal static class TestSnapshots
{
    public const string Clusters = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    public const string Endpoints = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
    public const string Listeners = "type.googleapis.com/envoy.config.listener.v3.Listener";
    public const string Secrets = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

    /// <summary>A snapshot after another one.</summary>
    /// <param name="previous">The one before, null for the first.</param>
    /// <param name="clusters">Names of clusters, each with an assignment; <c>name!</c> is the same cluster with other content.</param>
    /// <param name="listener">Name of the listener, null for none.</param>
    public static NodeSnapshot After(NodeSnapshot? previous, string[] clusters, string? listener = "l")
    {
        var names = clusters.Select(static name => name.TrimEnd('!'));
        return NodeSnapshot.After(previous, new ProxyResources(
            [.. clusters.Select(static name => new Cluster { Name = name.TrimEnd('!'), ConnectTimeout = new Duration { Seconds = name.EndsWith('!') ? 6 : 5 } })],
            [.. names.Select(static name => new ClusterLoadAssignment { ClusterName = name })],
            listener is null ? [] : [new Listener { Name = listener }]));
    }
}
