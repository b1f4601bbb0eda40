using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.Xds.Translation.Tls;

/// <summary>How a cluster's endpoints are spoken to: transport_socket_matches, then transport_socket (protocol §5.6).</summary>
internal static class TransportSocketTranslator
{
    /// <summary>Translates them; what is returned must not be used when errors were noted. Plain text is never taken for TLS that is not understood.</summary>
    public static ImmutableArray<TransportSocketMatch> Translate(Cluster message, Findings findings)
    {
        var sockets = ImmutableArray.CreateBuilder<TransportSocketMatch>();
        for (var i = 0; i < message.TransportSocketMatches.Count; i++)
        {
            var match = message.TransportSocketMatches[i];
            var scope = findings.At("transport_socket_matches", i);
            sockets.Add(new TransportSocketMatch(match.Name, MetadataTranslator.Translate(match.Match), Translate(match.TransportSocket, scope.At("transport_socket"))));
        }

        if (message.TransportSocket is not null)
        {
            sockets.Add(new TransportSocketMatch("", EndpointMetadata.Empty, Translate(message.TransportSocket, findings.At("transport_socket"))));
        }

        return sockets.ToImmutable();
    }

    private static UpstreamTlsConfig? Translate(TransportSocket? socket, Findings findings)
    {
        if (TransportSockets.IsPlain(socket))
        {
            return null;
        }

        if (TransportSockets.IsTls(socket))
        {
            return TlsContextTranslator.TranslateUpstream(socket!, findings);
        }

        findings.Reject("", "the transport socket is not known");
        return null;
    }
}
