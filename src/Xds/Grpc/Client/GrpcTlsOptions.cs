using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.Xds.Grpc;

/// <summary>TLS of a <see cref="GrpcChannel"/> with an https address: TLS 1.2 or 1.3, without revocation checks.</summary>
internal sealed record GrpcTlsOptions
{
    /// <summary>
    /// Name sent as SNI and <c>:authority</c> and looked for in the certificate. Default null: the host of the address.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>The only certificates trusted, roots or not. Default null: the system's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>
    /// Says of a server certificate with a good chain whether it is the server's, instead of looking for the server name in it.
    /// Must not throw. Default null: the server name decides.
    /// </summary>
    public Func<X509Certificate2, bool>? IsExpectedServer { get; init; }

    /// <summary>Certificate with key and intermediates for servers that ask for one. Default null: none.</summary>
    public SslStreamCertificateContext? ClientCertificate { get; init; }

    /// <summary>Accepts every server certificate, which makes the connection open to interception. Default false.</summary>
    public bool SkipVerification { get; init; }
}
