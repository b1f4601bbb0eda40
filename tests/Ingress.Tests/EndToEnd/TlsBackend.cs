using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Zoneway.TestUtilities;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>A workload that demands a client certificate of its authority, tells its name first, and then echoes.</summary>
internal sealed class TlsBackend : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TestCertificates _authority;
    private readonly X509Certificate2 _certificate;
    private readonly string _name;
    private readonly Task _accepting;

    public TlsBackend(string name, TestCertificates authority)
    {
        _name = name;
        _authority = authority;
        _certificate = authority.Issue(name);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(ServerOptions(), _stop.Token);
                await tls.WriteAsync(Encoding.UTF8.GetBytes($"{_name}\n"), _stop.Token);
                await tls.CopyToAsync(tls, _stop.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException)
        {
            // The client went away, or was turned away; tests look at the client's side.
        }
    }

    private SslServerAuthenticationOptions ServerOptions() => new()
    {
        ServerCertificate = _certificate,
        ClientCertificateRequired = true,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { _authority.Authority },
        },
    };
}
