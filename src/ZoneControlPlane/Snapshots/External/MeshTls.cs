using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf;
using Zoneway.ZoneControlPlane.Certificates;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>How the egress ends the mesh's mTLS, and the secrets this takes. Protocol §5.3.</summary>
internal static class MeshTls
{
    /// <summary>Shows the egress's certificate of the mesh and asks for a client's, of the same mesh.</summary>
    public static DownstreamTlsContext Downstream(string mesh) => new()
    {
        RequireClientCertificate = true,
        CommonTlsContext = new CommonTlsContext
        {
            TlsCertificateSdsSecretConfigs = { OverAds(IdentityName(mesh)) },
            CombinedValidationContext = new CommonTlsContext.Types.CombinedCertificateValidationContext
            {
                DefaultValidationContext = new CertificateValidationContext
                {
                    MatchTypedSubjectAltNames =
                    {
                        new SubjectAltNameMatcher
                        {
                            SanType = SubjectAltNameMatcher.Types.SanType.Uri,
                            Matcher = new StringMatcher { Prefix = SpiffeId.OfService(mesh, "") },
                        },
                    },
                },
                ValidationContextSdsSecretConfig = OverAds(TrustName(mesh)),
            },
        },
    };

    /// <summary>The secrets of a mesh: certificate with key, and what to trust.</summary>
    public static IEnumerable<Secret> SecretsOf(string mesh, MeshIdentity identity)
    {
        yield return new Secret
        {
            Name = IdentityName(mesh),
            TlsCertificate = new TlsCertificate { CertificateChain = Inline(identity.CertificatePem), PrivateKey = Inline(identity.KeyPem) },
        };
        yield return new Secret
        {
            Name = TrustName(mesh),
            ValidationContext = new CertificateValidationContext { TrustedCa = Inline(identity.TrustedPem) },
        };
    }

    private static string IdentityName(string mesh) => $"identity_cert:secret:{mesh}";

    private static string TrustName(string mesh) => $"mesh_ca:secret:{mesh}";

    private static SdsSecretConfig OverAds(string name) =>
        new() { Name = name, SdsConfig = new ConfigSource { Ads = new AggregatedConfigSource(), ResourceApiVersion = ApiVersion.V3 } };

    private static DataSource Inline(string pem) => new() { InlineBytes = ByteString.CopyFromUtf8(pem) };
}
