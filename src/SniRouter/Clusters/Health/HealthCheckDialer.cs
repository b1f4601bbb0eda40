using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>Opens the connections on which one endpoint is checked, with TLS where its cluster asks for it.</summary>
/// <param name="monitoring">What connects, and what speaks TLS if anything does.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="endpoint">The endpoint to begin with.</param>
/// <param name="port">The port to ask on; 0 for the endpoint's own.</param>
internal sealed class HealthCheckDialer(HealthMonitoring monitoring, ClusterConfig cluster, UpstreamEndpoint endpoint, int port)
{
    private volatile UpstreamEndpoint _endpoint = endpoint;

    /// <summary>The endpoint as the cluster has it now. A name may move: the next connection goes to where it is then.</summary>
    public UpstreamEndpoint Endpoint
    {
        get => _endpoint;
        set => _endpoint = value;
    }

    /// <summary>Where it is asked, the first of its addresses.</summary>
    public EndPoint Address => port == 0 ? Endpoint.Address : Endpoint.Address switch
    {
        IPEndPoint ip => new IPEndPoint(ip.Address, port),
        DnsEndPoint name => new DnsEndPoint(name.Host, port, name.AddressFamily),
        var other => other,
    };

    /// <summary>Whether more than connecting is possible: the endpoint is spoken to in plain text, or something here can do better.</summary>
    public bool CanSpeak { get; } = monitoring.Security is not null || !UsesTls(cluster, endpoint.Config.TransportSocketMatch);

    /// <summary>What names the endpoint in requests: what the configuration says, else the cluster's name, else the address where that cannot be a host.</summary>
    public string Authority(string configured) =>
        configured.Length > 0 ? configured
        : Uri.CheckHostName(cluster.Name) == UriHostNameType.Dns ? cluster.Name
        : Address is IPEndPoint or DnsEndPoint ? $"{Address}" : "localhost";

    /// <summary>Connects.</summary>
    /// <exception cref="IOException">There is no connection, or no TLS on it.</exception>
    public async ValueTask<Stream> ConnectAsync(SslApplicationProtocol? protocol, CancellationToken cancellationToken)
    {
        var current = Endpoint;
        var result = port == 0
            ? await monitoring.Connector.ConnectAsync(current, cluster.ConnectTimeout, cancellationToken)
            : await monitoring.Connector.ConnectAsync(Address, cluster.ConnectTimeout, cancellationToken);
        if (result.Socket is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException(result.Failure == Telemetry.ConnectionOutcome.ConnectTimeout ? "connecting took too long" : "connection refused or unreachable");
        }

        var stream = new NetworkStream(result.Socket, ownsSocket: true);
        if (monitoring.Security is null)
        {
            return stream;
        }

        var (secured, problem) = await monitoring.Security.AuthenticateAsync(stream, cluster, current, protocol, cancellationToken);
        return secured ?? throw new IOException($"TLS failed: {problem}");
    }

    private static bool UsesTls(ClusterConfig cluster, EndpointMetadata offered)
    {
        foreach (var socket in cluster.TransportSockets)
        {
            if (socket.Match.All(pair => offered.TryGetValue(pair.Key, out var value) && value == pair.Value))
            {
                return socket.Tls is not null;
            }
        }

        return false;
    }
}
