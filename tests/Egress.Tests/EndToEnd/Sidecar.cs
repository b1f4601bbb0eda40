using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>A workload's sidecar: opens mesh mTLS to the egress with the external service in the server name.</summary>
internal sealed class Sidecar(RunningEgress egress, X509Certificate2? certificate, string serverName = EgressResources.Service)
{
    /// <summary>Opens TLS.</summary>
    public async Task<SslStream> ConnectAsync(SslProtocols protocols = SslProtocols.None, CancellationToken cancellationToken = default)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(egress.Address, cancellationToken);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = serverName,
                EnabledSslProtocols = protocols,
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
            },
            cancellationToken);
        return tls;
    }

    /// <summary>An HTTP client that speaks exactly one version through the egress, by prior knowledge.</summary>
    public HttpClient Http(Version version) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellationToken) => await ConnectAsync(cancellationToken: cancellationToken),
        ActivityHeadersPropagator = null,
    })
    {
        BaseAddress = new Uri("http://httpbin.mesh"),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(60),
    };
}
