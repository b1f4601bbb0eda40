namespace Zoneway.Xds.Protocol;

/// <summary>Type URLs of the resources a zone proxy subscribes to. xDS protocol: resource types.</summary>
internal static class TypeUrls
{
    /// <summary>What precedes the full message name in every type URL.</summary>
    public const string Prefix = "type.googleapis.com/";

    /// <summary>CDS: <see cref="Envoy.Config.Cluster.V3.Cluster"/>.</summary>
    public const string Cluster = Prefix + "envoy.config.cluster.v3.Cluster";

    /// <summary>EDS: <see cref="Envoy.Config.Endpoint.V3.ClusterLoadAssignment"/>.</summary>
    public const string ClusterLoadAssignment = Prefix + "envoy.config.endpoint.v3.ClusterLoadAssignment";

    /// <summary>LDS: <see cref="Envoy.Config.Listener.V3.Listener"/>.</summary>
    public const string Listener = Prefix + "envoy.config.listener.v3.Listener";

    /// <summary>SDS: <see cref="Envoy.Extensions.TransportSockets.Tls.V3.Secret"/>.</summary>
    public const string Secret = Prefix + "envoy.extensions.transport_sockets.tls.v3.Secret";

    /// <summary>The one string for a type URL of these; null for any other.</summary>
    public static string? Shared(string typeUrl) => typeUrl switch
    {
        Cluster => Cluster,
        ClusterLoadAssignment => ClusterLoadAssignment,
        Listener => Listener,
        Secret => Secret,
        _ => null,
    };
}
