using System.Net.Security;
using System.Runtime.CompilerServices;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.Egress.Connections;

/// <summary>Speaks TLS to endpoints where their cluster asks for it (transport_socket_matches, protocol §5.6).</summary>
internal sealed class UpstreamSecurity(SecretStore secrets, TimeProvider time)
{
    private readonly ConditionalWeakTable<UpstreamTlsConfig, ClientTls> _clients = [];
    private readonly ConditionalWeakTable<UpstreamTlsConfig, ClientTls>.CreateValueCallback _create = config => new ClientTls(config, secrets, time);

    /// <summary>The TLS to speak to an endpoint; null for plain text.</summary>
    public static UpstreamTlsConfig? Of(ClusterConfig cluster, UpstreamEndpoint endpoint)
    {
        foreach (var socket in cluster.TransportSockets)
        {
            if (socket.Match.Count == 0 || Fits(socket.Match, endpoint.Config.TransportSocketMatch))
            {
                return socket.Tls;
            }
        }

        return null;
    }

    /// <summary>Does the handshake with an endpoint where there has to be one, within the cluster's connect timeout.</summary>
    /// <param name="stream">The connection. It is closed with the stream returned, or when the handshake fails.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="protocol">The ALPN name to offer where the cluster's configuration has none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The stream to speak on; or null and what went wrong.</returns>
    public async ValueTask<(Stream? Stream, string Problem)> AuthenticateAsync(
        Stream stream, ClusterConfig cluster, UpstreamEndpoint endpoint, SslApplicationProtocol? protocol, CancellationToken cancellationToken)
    {
        if (Of(cluster, endpoint) is not { } config)
        {
            return (stream, "");
        }

        using var limit = new CancellationTokenSource(cluster.ConnectTimeout, time);
        await using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        var handshake = await _clients.GetValue(config, _create).AuthenticateAsync(stream, protocol, limit.Token);
        return (handshake.Stream, handshake.Detail);
    }

    private static bool Fits(EndpointMetadata match, EndpointMetadata offered)
    {
        foreach (var (key, value) in match)
        {
            if (!offered.TryGetValue(key, out var own) || !own.Equals(value))
            {
                return false;
            }
        }

        return true;
    }
}
