using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Zoneway.MutualTls;
using Zoneway.Xds.Admin;

namespace Zoneway.Hosting.Admin;

/// <summary>
/// Ends TLS of a connection to the admin listener: 1.2 or 1.3, and only for clients whose certificate comes from the CA that the control plane named and has one of the names it named.
/// Protocol §9.2.
/// </summary>
internal static class AdminTls
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    // One set of options for a configuration, so that certificates are read once; they go with it.
    private static readonly ConditionalWeakTable<AdminTlsConfig, SslServerAuthenticationOptions> Options = [];

    /// <summary>Does the handshake, then serves what is inside. A client that is not let in is closed without a word.</summary>
    public static async Task ServeAsync(ConnectionContext connection, AdminTlsConfig config, ConnectionDelegate next)
    {
        var transport = connection.Transport;
        await using var stream = new SslStream(new DuplexPipeStream(transport), leaveInnerStreamOpen: false);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
            limit.CancelAfter(HandshakeTimeout);
            await stream.AuthenticateAsServerAsync(Options.GetValue(config, Create), limit.Token);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException or ConnectionAbortedException)
        {
            return;
        }

        connection.Transport = new TlsTransport(PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)), PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    }

    private static SslServerAuthenticationOptions Create(AdminTlsConfig config)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(config.CertificateChain);
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(config.TrustedCa);
        var certificate = X509Certificate2.CreateFromPem(config.CertificateChain, config.PrivateKey);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, client, _, _) => client is X509Certificate2 known && IsTrusted(known, trusted) && HasName(known, config),
        };
    }

    private static bool IsTrusted(X509Certificate2 client, X509Certificate2Collection trusted)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        };
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.ApplicationPolicy.Add(ClientAuthentication);
        return chain.Build(client);
    }

    private static bool HasName(X509Certificate2 client, AdminTlsConfig config) =>
        client.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).Any(name => config.ClientNames.Contains(name, StringComparer.Ordinal));

    private sealed class TlsTransport(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
