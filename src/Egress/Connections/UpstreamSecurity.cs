using System.Net.Security;
using System.Runtime.CompilerServices;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Health;

namespace Zoneway.Egress.Connections;

/// <summary>Speaks TLS to endpoints where their cluster asks for it (transport_socket_matches, protocol §5.6).</summary>
internal sealed class UpstreamSecurity(SecretStore secrets, TimeProvider time) : IUpstreamSecurity
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

    /// <inheritdoc/>
    /// <remarks>Takes at most the cluster's connect timeout.</remarks>
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
