using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.MutualTls;

/// <summary>Begins TLS by one <see cref="UpstreamTlsConfig"/>. Any number of handshakes at a time.</summary>
public sealed class ClientTls
{
    private readonly UpstreamTlsConfig _config;
    private readonly TimeProvider _time;
    private readonly TlsMaterial _material;
    private readonly List<SslApplicationProtocol>? _protocols;

    /// <summary>Creates one.</summary>
    /// <param name="config">What the control plane said.</param>
    /// <param name="secrets">Where its secrets are, or will be.</param>
    /// <param name="time">The clock.</param>
    public ClientTls(UpstreamTlsConfig config, SecretStore secrets, TimeProvider time)
    {
        _config = config;
        _time = time;
        _material = new TlsMaterial(config.Context, secrets, ofClients: false, needsCertificate: false, needsTrust: false);
        _protocols = config.Context.ApplicationProtocols.IsEmpty ? null : [.. config.Context.ApplicationProtocols.Select(name => new SslApplicationProtocol(name))];
    }

    /// <summary>Whether a handshake could succeed now; if not, why.</summary>
    public bool IsReady(out string problem) =>
        _material.TryGet(out var certificate, out _, out problem) && (certificate is null || certificate.IsValidAt(_time.GetUtcNow(), out problem));

    /// <summary>Does the client's part of a handshake.</summary>
    /// <param name="stream">The stream to the endpoint. It is closed with the one returned, or when the handshake fails.</param>
    /// <param name="protocol">The ALPN name to offer where the configuration has none; null offers none.</param>
    /// <param name="cancellationToken">Ends it; the result is <see cref="TlsFailure.Timeout"/>.</param>
    public async ValueTask<TlsHandshake> AuthenticateAsync(Stream stream, SslApplicationProtocol? protocol, CancellationToken cancellationToken)
    {
        if (!_material.TryGet(out var certificate, out var verifier, out var problem) || certificate?.IsValidAt(_time.GetUtcNow(), out problem) == false)
        {
            await stream.DisposeAsync();
            return TlsHandshake.Failed(TlsFailure.NotReady, problem);
        }

        PeerVerdict? verdict = null;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = _config.ServerName,
            ClientCertificateContext = certificate?.Context,
            EnabledSslProtocols = _config.Context.Protocols,
            ApplicationProtocols = _protocols ?? (protocol is { } only ? [only] : null),
            AllowRenegotiation = _config.AllowsRenegotiation,
            CertificateChainPolicy = verifier.CreateChainPolicy(),
            RemoteCertificateValidationCallback = (_, shown, chain, errors) =>
                (verdict = verifier.Verify(shown as X509Certificate2, chain, errors, isRequired: true)) is { Identity: not null },
        };
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellationToken);
            return TlsHandshake.Done(tls, verdict?.Identity ?? PeerIdentity.None);
        }
        catch (Exception exception)
        {
            // Of any kind: the library has no list of what a peer can make it throw, and a peer must not make this throw.
            await tls.DisposeAsync();
            return TlsFailures.Explain(exception, verdict);
        }
    }
}
