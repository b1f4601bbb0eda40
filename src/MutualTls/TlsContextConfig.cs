using System.Collections.Immutable;
using System.Security.Authentication;

namespace Zoneway.MutualTls;

/// <summary>What both sides of TLS have in common (CommonTlsContext).</summary>
public sealed record TlsContextConfig
{
    /// <summary>Certificates given here. The first one is shown.</summary>
    public ImmutableArray<TlsCertificateConfig> Certificates { get; init; } = [];

    /// <summary>Names of secrets with certificates.</summary>
    public ImmutableArray<string> CertificateSecrets { get; init; } = [];

    /// <summary>How the peer is verified, or the default that the secret's context is merged into; null when only a secret says so, or nothing.</summary>
    public ValidationContextConfig? Validation { get; init; }

    /// <summary>Name of the secret that says how the peer is verified; empty for none.</summary>
    public string ValidationSecret { get; init; } = "";

    /// <summary>Versions spoken: TLS 1.2 and 1.3, or one of them.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>ALPN names, the preferred ones first; empty offers none.</summary>
    public ImmutableArray<string> ApplicationProtocols { get; init; } = [];

    /// <summary>Names of all secrets that are needed.</summary>
    public IEnumerable<string> Secrets => ValidationSecret.Length == 0 ? CertificateSecrets : CertificateSecrets.Add(ValidationSecret);
}

/// <summary>TLS towards clients (DownstreamTlsContext).</summary>
public sealed record DownstreamTlsConfig
{
    /// <summary>Certificates and trust.</summary>
    public required TlsContextConfig Context { get; init; }

    /// <summary>Whether a client must show a certificate. One that is shown is verified in any case.</summary>
    public bool RequiresClientCertificate { get; init; }

    /// <summary>Whether sessions may be resumed. A resumed session is verified against the trust of the moment like any other. Default true.</summary>
    public bool ResumesSessions { get; init; } = true;
}

/// <summary>TLS towards endpoints (UpstreamTlsContext).</summary>
public sealed record UpstreamTlsConfig
{
    /// <summary>Certificates and trust.</summary>
    public required TlsContextConfig Context { get; init; }

    /// <summary>The server name sent; empty sends none.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>Whether the endpoint may renegotiate (TLS 1.2). Default false.</summary>
    public bool AllowsRenegotiation { get; init; }
}

/// <summary>A certificate with its key (TlsCertificate). Its text never shows the key.</summary>
public sealed record TlsCertificateConfig
{
    /// <summary>PEM of the certificate and of those that follow it in its chain.</summary>
    public required string CertificateChain { get; init; }

    /// <summary>PEM of the private key: PKCS #1, SEC 1 or PKCS #8.</summary>
    public required string PrivateKey { get; init; }

    /// <summary>Without the key: records are printed by accident.</summary>
    public override string ToString() => "certificate";
}
