using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Zoneway.TwoZones.Tls;

namespace Zoneway.TwoZones.Client;

/// <summary>A workload that calls one service through the zone egress: mTLS from end to end, the SNI says where to.</summary>
internal sealed class MeshClient(IPEndPoint egress, MeshIdentity identity, MeshService service)
{
    /// <summary>Longest time until a back end has greeted.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The service called.</summary>
    public MeshService Service => service;

    /// <summary>Opens a connection to an instance.</summary>
    /// <exception cref="ClientException">Refused, cut, not the service that was called, or too slow.</exception>
    public async Task<BackendConnection> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = new ClientTimeout(ConnectTimeout, cancellation);
        try
        {
            await socket.ConnectAsync(egress, limit.Token);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(identity.ClientOptions(service), limit.Token);
            return await BackendConnection.OpenAsync(tls, limit.Token);
        }
        catch (Exception exception) when (ClientException.IsExpected(exception))
        {
            socket.Dispose();
            throw limit.Explain(exception, "connect");
        }
    }
}
