using System.Net;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.ZoneControlPlane.Resources;
using SanType = Envoy.Extensions.TransportSockets.Tls.V3.SubjectAltNameMatcher.Types.SanType;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>Makes the transport sockets with which the egress speaks TLS to external services. Protocol §5.6.</summary>
internal static class OriginationTls
{
    // Names may be in a certificate as DNS names or as IP addresses; one match of either is enough.
    private static readonly SanType[] NameTypes = [SanType.Dns, SanType.IpAddress];

    /// <summary>One match for each different TLS setting, in the order of the endpoints; without TLS none.</summary>
    /// <param name="endpoints">Endpoints of one cluster.</param>
    /// <param name="systemCaPath">CA file of the proxy's system.</param>
    public static IEnumerable<Cluster.Types.TransportSocketMatch> MatchesOf(IEnumerable<ExternalEndpoint> endpoints, string systemCaPath)
    {
        var matched = new HashSet<TagSet>();
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Tls is not { } tls || !matched.Add(endpoint.TlsMatch))
            {
                continue;
            }

            yield return new Cluster.Types.TransportSocketMatch
            {
                Name = endpoint.Address.Host,
                Match = endpoint.TlsMatch.Tags.Count == 0 ? null : EndpointMetadata.ToStruct(endpoint.TlsMatch),
                TransportSocket = new TransportSocket
                {
                    Name = "envoy.transport_sockets.tls",
                    TypedConfig = Any.Pack(ContextOf(tls, endpoint.Address.Host, systemCaPath)),
                },
            };
        }
    }

    private static UpstreamTlsContext ContextOf(UpstreamTls tls, string host, string systemCaPath)
    {
        var common = new CommonTlsContext { ValidationContext = ValidationOf(tls, tls.ServerName ?? host, systemCaPath) };
        if (tls is { ClientCertificate: { } certificate, ClientKey: { } key })
        {
            common.TlsCertificates.Add(new TlsCertificate { CertificateChain = Inline(certificate), PrivateKey = Inline(key) });
        }

        if (tls.Versions is { } versions)
        {
            common.TlsParams = new TlsParameters
            {
                TlsMinimumProtocolVersion = (TlsParameters.Types.TlsProtocol)versions.Minimum,
                TlsMaximumProtocolVersion = (TlsParameters.Types.TlsProtocol)versions.Maximum,
            };
        }

        var serverName = tls.ServerName ?? (IPAddress.TryParse(host, out _) ? "" : host);
        return new UpstreamTlsContext { CommonTlsContext = common, Sni = serverName, AllowRenegotiation = tls.AllowsRenegotiation };
    }

    private static CertificateValidationContext? ValidationOf(UpstreamTls tls, string name, string systemCaPath)
    {
        var usesSystemCa = tls.CaCertificate is null && tls.FallsBackToSystemCa;
        var hasCa = tls.VerifiesCa && (tls.CaCertificate is not null || usesSystemCa);
        if (!hasCa && (tls.VerifiesCa || !tls.VerifiesName))
        {
            // SkipAll, or an ExternalService that was given no CA: not verified, as in Kuma.
            return null;
        }

        var context = new CertificateValidationContext();
        if (hasCa)
        {
            context.TrustedCa = usesSystemCa ? new DataSource { Filename = systemCaPath } : Inline(tls.CaCertificate!.Value);
        }

        if (tls.VerifiesName)
        {
            context.MatchTypedSubjectAltNames.AddRange(NameTypes.Select(type => Accept(type, new AcceptedName(name, IsPrefix: false))));
            context.MatchTypedSubjectAltNames.AddRange(NameTypes.SelectMany(type => tls.AcceptedNames.Select(accepted => Accept(type, accepted))));
        }

        return context;
    }

    private static SubjectAltNameMatcher Accept(SanType type, AcceptedName name) => new()
    {
        SanType = type,
        Matcher = name.IsPrefix ? new StringMatcher { Prefix = name.Value } : new StringMatcher { Exact = name.Value },
    };

    private static DataSource Inline(ReadOnlyMemory<byte> pem) => new() { InlineBytes = ByteString.CopyFrom(pem.Span) };
}
