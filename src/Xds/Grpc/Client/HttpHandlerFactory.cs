using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Zoneway.MutualTls;

namespace Zoneway.Xds.Grpc;

/// <summary>Makes the HTTP handler of a channel.</summary>
internal static class HttpHandlerFactory
{
    /// <summary>A handler that does HTTP/2 and nothing else: no proxy, redirects, cookies, decompression or trace headers.</summary>
    public static SocketsHttpHandler Create(Uri address, GrpcChannelOptions options) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = options.ConnectTimeout,
        KeepAlivePingDelay = options.KeepAlivePingDelay,
        KeepAlivePingTimeout = options.KeepAlivePingTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        ConnectCallback = (_, cancellationToken) => ConnectAsync(new DnsEndPoint(address.IdnHost, address.Port), options.TcpKeepAlive, cancellationToken),
        SslOptions = TlsOptions(options.Tls),
    };

    // Dials the address also when the URI of a request has another host, the server name of TLS.
    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint endPoint, TcpKeepAliveOptions? keepAlive, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (keepAlive is not null)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)keepAlive.Time.TotalSeconds);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)keepAlive.Interval.TotalSeconds);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, keepAlive.Probes);
            }

            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions TlsOptions(GrpcTlsOptions tls) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateContext = tls.ClientCertificate,
        CertificateChainPolicy = TrustAnchors.CreatePolicy(tls.TrustedRoots),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            IsAccepted(certificate as X509Certificate2, TrustAnchors.Forgive(errors, chain, tls.TrustedRoots), tls),
    };

    private static bool IsAccepted(X509Certificate2? certificate, SslPolicyErrors errors, GrpcTlsOptions tls)
    {
        if (tls.SkipVerification)
        {
            return true;
        }

        return tls.IsExpectedServer is { } isExpected
            ? certificate is not null && (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None && isExpected(certificate)
            : errors == SslPolicyErrors.None;
    }
}
