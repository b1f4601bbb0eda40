using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;

namespace Zoneway.Xds.Translation;

/// <summary>What a transport socket says of the bytes on a connection.</summary>
internal static class TransportSockets
{
    private const string RawBuffer = "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";

    /// <summary>Whether TLS is to be ended here (DownstreamTlsContext) or begun (UpstreamTlsContext).</summary>
    public static bool IsTls(TransportSocket? socket) =>
        ResourceReader.TypeName(socket?.TypedConfig) is var type && (type == DownstreamTlsContext.Descriptor.FullName || type == UpstreamTlsContext.Descriptor.FullName);

    /// <summary>Whether the bytes stay as they are: there is no transport socket, or it is the one that changes nothing.</summary>
    public static bool IsPlain(TransportSocket? socket) => socket is null || ResourceReader.TypeName(socket.TypedConfig) == RawBuffer;

    /// <summary>Whether a cluster asks for TLS towards any of its endpoints.</summary>
    public static bool NeedTls(Cluster cluster) => IsTls(cluster.TransportSocket) || cluster.TransportSocketMatches.Any(match => IsTls(match.TransportSocket));
}
