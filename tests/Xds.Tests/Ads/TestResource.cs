using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>The smallest resources of each type.</summary>
internal static class TestResource
{
    public static (string Name, Any? Body) Cluster(string name) =>
        (name, Any.Pack(new Cluster { Name = name, Type = Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.Eds }));

    public static (string Name, Any? Body) StaticCluster(string name) => (name, Any.Pack(new Cluster { Name = name }));

    public static (string Name, Any? Body) Endpoints(string name) => (name, Any.Pack(new ClusterLoadAssignment { ClusterName = name }));

    public static (string Name, Any? Body) Listener(string name) => (name, Any.Pack(new Listener { Name = name }));

    public static (string Name, Any? Body) Secret(string name) => (name, Any.Pack(new Secret { Name = name }));

    /// <summary>Bytes that are no message, under a right type URL.</summary>
    public static (string Name, Any? Body) Garbage(string name, string typeUrl) =>
        (name, new Any { TypeUrl = typeUrl, Value = ByteString.CopyFrom(0xff, 0xff, 0xff) });
}
