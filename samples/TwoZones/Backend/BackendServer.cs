using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Zoneway.TwoZones.Tls;

namespace Zoneway.TwoZones.Backend;

/// <summary>An instance of a service: demands a client certificate of its mesh, greets with its zone and name, then echoes until the client has finished.</summary>
internal sealed class BackendServer : IDisposable
{
    /// <summary>How the line about a refused client begins.</summary>
    public const string RefusedPrefix = "refused a client: ";

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);
    private readonly Instance _self;
    private readonly string _mesh;
    private readonly MeshIdentity _identity;
    private readonly Action<string> _log;

    /// <param name="self">What it says of itself.</param>
    /// <param name="mesh">Mesh that clients must belong to.</param>
    /// <param name="identity">Its certificate and the CA of that mesh.</param>
    /// <param name="log">Gets a line for each refused client; called from any thread.</param>
    public BackendServer(Instance self, string mesh, MeshIdentity identity, Action<string> log)
    {
        _self = self;
        _mesh = mesh;
        _identity = identity;
        _log = log;
        _listener.Start();
    }

    /// <summary>Port on 127.0.0.1, chosen by the system.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Serves until cancelled; connections that are open then are cut.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(cancellation);
                _ = ServeAsync(socket, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to end.
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Socket socket, CancellationToken cancellation)
    {
        socket.NoDelay = true;
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            if (await HandshakeAsync(tls, cancellation))
            {
                await tls.WriteAsync(Encoding.UTF8.GetBytes(_self.ToGreeting() + "\n"), cancellation);
                await tls.CopyToAsync(tls, cancellation);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has gone away, or the back end is ending.
        }
    }

    private async Task<bool> HandshakeAsync(SslStream tls, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(HandshakeTimeout);
        try
        {
            await tls.AuthenticateAsServerAsync(_identity.ServerOptions(_mesh, OnRefused), limit.Token);
            return true;
        }
        catch (AuthenticationException)
        {
            // The client is told by the end of the connection; why, the log says.
            return false;
        }
    }

    private void OnRefused(string reason) => _log(RefusedPrefix + reason);
}
