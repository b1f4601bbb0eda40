using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Interop;

/// <summary>
/// A back end that demands a client certificate and answers every line with <c>server name|version|subject|line</c>. It ends a connection when the client does.
/// </summary>
internal sealed class MutualTlsUpstream : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _end = new();
    private readonly SslServerAuthenticationOptions _options;
    private readonly Task _accepting;

    public MutualTlsUpstream(TestCertificates authority, X509Certificate2 certificate)
    {
        _options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, authority.Roots, offline: true),
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        _options.CertificateChainPolicy.CustomTrustStore.AddRange(authority.Roots);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_end.Token);
                socket.NoDelay = true;
                open.Add(ServeAsync(socket));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsServerAsync(_options, _end.Token);
            using var reader = new StreamReader(tls, leaveOpen: true);
            await using var writer = new StreamWriter(tls, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
            while (await reader.ReadLineAsync(_end.Token) is { } line)
            {
                await writer.WriteLineAsync($"{tls.TargetHostName}|{tls.SslProtocol}|{tls.RemoteCertificate?.Subject}|{line}");
            }

            await tls.ShutdownAsync();
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException)
        {
            // The client left, or showed no certificate that is worth anything: it learns that from the handshake.
        }
    }
}
