using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.TwoZones.Tls;

/// <summary>What a workload holds for mTLS: its own certificate and the CA of the mesh whose members it trusts.</summary>
internal sealed class MeshIdentity : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2 _trustedCa;
    private readonly SslStreamCertificateContext _context;

    private MeshIdentity(X509Certificate2 certificate, X509Certificate2 trustedCa)
    {
        _certificate = certificate;
        _trustedCa = trustedCa;
        _context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }

    /// <summary>Loads the files that <c>zone-cp certificate</c> writes.</summary>
    /// <param name="folder">Folder with <c>tls.crt</c> and <c>tls.key</c>.</param>
    /// <param name="trustFolder">Folder whose <c>ca.crt</c> is trusted; by default the same.</param>
    public static MeshIdentity Load(string folder, string? trustFolder = null) => new(
        X509Certificate2.CreateFromPemFile(Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key")),
        X509CertificateLoader.LoadCertificateFromFile(Path.Combine(trustFolder ?? folder, "ca.crt")));

    /// <summary>For a client that talks to one service, and to nobody who cannot prove to be it.</summary>
    public SslClientAuthenticationOptions ClientOptions(MeshService service) => ClientOptions(service.ServerName, service.SpiffeId);

    /// <summary>For a client that asks for a server name, and talks to nobody who cannot prove to have an identity.</summary>
    public SslClientAuthenticationOptions ClientOptions(string serverName, string spiffeId) => new()
    {
        TargetHost = serverName,
        ClientCertificateContext = _context,
        CertificateChainPolicy = TrustPolicy(ServerAuthentication),
        RemoteCertificateValidationCallback = (_, peer, chain, errors) => PeerCheck.FindFault(peer, chain, errors, id => id == spiffeId) is null,

        // Each connection proves both identities afresh.
        AllowTlsResume = false,
    };

    /// <summary>For a back end that demands a client certificate of its own mesh.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="onRefused">Gets the reason when a client is refused.</param>
    public SslServerAuthenticationOptions ServerOptions(string mesh, Action<string> onRefused) => new()
    {
        ServerCertificateContext = _context,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateChainPolicy = TrustPolicy(ClientAuthentication),
        RemoteCertificateValidationCallback = (_, peer, chain, errors) =>
        {
            var fault = PeerCheck.FindFault(peer, chain, errors, id => id.StartsWith($"spiffe://{mesh}/", StringComparison.Ordinal));
            if (fault is not null)
            {
                onRefused(fault);
            }

            return fault is null;
        },
        AllowTlsResume = false,
    };

    public void Dispose()
    {
        _certificate.Dispose();
        _trustedCa.Dispose();
    }

    private X509ChainPolicy TrustPolicy(string usage)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(_trustedCa);
        policy.ApplicationPolicy.Add(new(usage));
        return policy;
    }
}
