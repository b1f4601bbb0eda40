using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Zoneway.TestUtilities;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>A client in another zone: mTLS with Kuma's kind of server name.</summary>
/// <param name="authority">Whom to trust; names are not compared, as workloads are known by SPIFFE ids.</param>
internal sealed class TlsClient(TestCertificates authority) : IAsyncDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private readonly TcpClient _tcp = new() { NoDelay = true };
    private SslStream? _tls;

    /// <summary>Connects and returns the name that the workload tells.</summary>
    public async Task<string> ConnectAsync(IPEndPoint proxy, string serverName, X509Certificate2 certificate)
    {
        await _tcp.ConnectAsync(proxy).WaitAsync(TimeLimit);
        _tls = new SslStream(_tcp.GetStream());
        await _tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            ClientCertificates = [certificate],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { authority.Authority },
            },
            RemoteCertificateValidationCallback = (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
        }).WaitAsync(TimeLimit);
        return await ReadLineAsync();
    }

    public async Task<string> EchoAsync(string line)
    {
        await _tls!.WriteAsync(Encoding.UTF8.GetBytes($"{line}\n"));
        return await ReadLineAsync();
    }

    public async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        var buffer = new byte[1];
        while (await _tls!.ReadAsync(buffer).AsTask().WaitAsync(TimeLimit) == 1 && buffer[0] != (byte)'\n')
        {
            line.Append((char)buffer[0]);
        }

        return line.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        if (_tls is not null)
        {
            await _tls.DisposeAsync();
        }

        _tcp.Dispose();
    }
}
