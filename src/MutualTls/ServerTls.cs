using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.MutualTls;

/// <summary>Ends TLS by one <see cref="DownstreamTlsConfig"/>. Every handshake, of a resumed session too, is judged by the secrets of its moment. Any number of handshakes at a time.</summary>
public sealed class ServerTls
{
    private readonly DownstreamTlsConfig _config;
    private readonly TimeProvider _time;
    private readonly TlsMaterial _material;
    private readonly List<SslApplicationProtocol>? _protocols;

    /// <summary>Creates one.</summary>
    /// <param name="config">What the control plane said.</param>
    /// <param name="secrets">Where its secrets are, or will be.</param>
    /// <param name="time">The clock.</param>
    public ServerTls(DownstreamTlsConfig config, SecretStore secrets, TimeProvider time)
    {
        _config = config;
        _time = time;
        _material = new TlsMaterial(config.Context, secrets, ofClients: true, needsCertificate: true, config.RequiresClientCertificate);
        _protocols = config.Context.ApplicationProtocols.IsEmpty ? null : [.. config.Context.ApplicationProtocols.Select(name => new SslApplicationProtocol(name))];
    }

    /// <summary>The certificate that is shown now; null when there is none.</summary>
    public TlsCertificate? Certificate => _material.TryGet(out var certificate, out _, out _) ? certificate : null;

    /// <summary>Whether a handshake could succeed now; if not, why.</summary>
    public bool IsReady(out string problem) => _material.TryGet(out var certificate, out _, out problem) && certificate!.IsValidAt(_time.GetUtcNow(), out problem);

    /// <summary>Does the server's part of a handshake.</summary>
    /// <param name="stream">The stream to the client. It is closed with the one returned, or when the handshake fails.</param>
    /// <param name="cancellationToken">Ends it; the result is <see cref="TlsFailure.Timeout"/>.</param>
    public async ValueTask<TlsHandshake> AuthenticateAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (!_material.TryGet(out var certificate, out var verifier, out var problem) || !certificate!.IsValidAt(_time.GetUtcNow(), out problem))
        {
            return TlsHandshake.Failed(TlsFailure.NotReady, problem);
        }

        PeerVerdict? verdict = null;
        var policy = verifier.CreateChainPolicy();
        certificate.PeerIntermediates.AddTo(policy);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Context,
            ClientCertificateRequired = _config.RequiresClientCertificate || verifier.Anchors is not null,
            EnabledSslProtocols = _config.Context.Protocols,
            ApplicationProtocols = _protocols,
            AllowRenegotiation = false,
            AllowTlsResume = _config.ResumesSessions,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = (_, shown, chain, errors) =>
            {
                verdict = verifier.Verify(shown as X509Certificate2, chain, errors, _config.RequiresClientCertificate);
                if (verdict is { Identity.IsAuthenticated: true } && chain is not null && verifier.Anchors is { } anchors)
                {
                    certificate.PeerIntermediates.Remember(chain, anchors);
                }

                return verdict is { Identity: not null };
            },
        };
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsServerAsync(options, cancellationToken);
            // Whoever was not judged has shown nothing.
            verdict ??= verifier.Verify(null, null, SslPolicyErrors.RemoteCertificateNotAvailable, _config.RequiresClientCertificate);
            return verdict is { Identity: { } peer } ? TlsHandshake.Done(tls, peer) : throw new AuthenticationException();
        }
        catch (Exception exception)
        {
            // Of any kind: the library has no list of what a peer can make it throw, and a peer must not make this throw.
            await tls.DisposeAsync();
            return TlsFailures.Explain(exception, verdict);
        }
    }
}
