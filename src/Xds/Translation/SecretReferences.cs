using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;

namespace Zoneway.Xds.Translation;

/// <summary>The names of the secrets that TLS contexts take from SDS (SdsSecretConfig).</summary>
internal static class SecretReferences
{
    /// <summary>Those that the filter chains of a listener ask for.</summary>
    public static ImmutableArray<string> Of(Listener listener) =>
        Distinct(listener.FilterChains.Append(listener.DefaultFilterChain).SelectMany(chain => Of(chain?.TransportSocket)));

    /// <summary>Those that a cluster asks for.</summary>
    public static ImmutableArray<string> Of(Cluster cluster) =>
        Distinct(cluster.TransportSocketMatches.Select(match => match.TransportSocket).Append(cluster.TransportSocket).SelectMany(Of));

    private static IEnumerable<string> Of(TransportSocket? socket)
    {
        // A context that cannot be parsed asks for nothing; whoever uses it says what is wrong.
        var body = socket?.TypedConfig;
        var name = ResourceReader.TypeName(body);
        return name == DownstreamTlsContext.Descriptor.FullName ? Of(ResourceReader.TryParse(body!, DownstreamTlsContext.Parser, out _)?.CommonTlsContext)
            : name == UpstreamTlsContext.Descriptor.FullName ? Of(ResourceReader.TryParse(body!, UpstreamTlsContext.Parser, out _)?.CommonTlsContext)
            : [];
    }

    private static IEnumerable<string> Of(CommonTlsContext? context)
    {
        if (context is null)
        {
            yield break;
        }

        foreach (var certificate in context.TlsCertificateSdsSecretConfigs)
        {
            yield return certificate.Name;
        }

        var validation = context.ValidationContextSdsSecretConfig ?? context.CombinedValidationContext?.ValidationContextSdsSecretConfig;
        if (validation is not null)
        {
            yield return validation.Name;
        }
    }

    private static ImmutableArray<string> Distinct(IEnumerable<string> names) => [.. names.Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)];
}
