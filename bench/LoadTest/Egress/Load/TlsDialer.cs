using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.LoadTest.Egress.Load;

/// <summary>Opens connections as a sidecar does: mutual TLS with a server name. Each handshake is a full one, and each verifies the proxy.</summary>
internal sealed class TlsDialer
{
    private readonly IPEndPoint _address;
    private readonly SslStreamCertificateContext _client;
    private readonly X509Certificate2 _authority;
    private readonly SslProtocols _protocols;
    private readonly List<SslApplicationProtocol> _applicationProtocols;

    private TlsDialer(EgressLoadRequest request, BenchCertificates certificates)
    {
        _address = new IPEndPoint(IPAddress.Loopback, request.Port);
        _client = SslStreamCertificateContext.Create(certificates.Load("client"), null, offline: true);
        _authority = X509CertificateLoader.LoadCertificateFromFile(certificates.Authority);
        _protocols = request.IsTls12 ? SslProtocols.Tls12 : SslProtocols.Tls13;
        _applicationProtocols = request.Kind switch
        {
            EgressLoadKind.Http2 => [SslApplicationProtocol.Http2],
            EgressLoadKind.Echo => [],
            _ => [SslApplicationProtocol.Http11],
        };
    }

    /// <param name="request">The sample.</param>
    /// <param name="directory">Directory of the <see cref="BenchCertificates"/>.</param>
    public static TlsDialer Create(EgressLoadRequest request, string directory) => new(request, BenchCertificates.Of(directory, request.Key));

    /// <summary>Connects and does the handshake.</summary>
    /// <param name="abort">Ends the attempt.</param>
    /// <exception cref="IOException">The proxy did not accept the connection or ended it. Also <see cref="SocketException"/> and <see cref="AuthenticationException"/>.</exception>
    public async Task<SslStream> DialAsync(CancellationToken abort)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? stream = null;
        try
        {
            await socket.ConnectAsync(_address, abort);
            stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(Options(), abort);
            return stream;
        }
        catch
        {
            socket.Dispose();
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            throw;
        }
    }

    // Options are made anew for each connection, as what one keeps of a session must not help the next.
    private SslClientAuthenticationOptions Options() => new()
    {
        TargetHost = EgressService.ServerName,
        ClientCertificateContext = _client,
        EnabledSslProtocols = _protocols,
        ApplicationProtocols = _applicationProtocols.Count > 0 ? _applicationProtocols : null,
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _authority },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };
}
