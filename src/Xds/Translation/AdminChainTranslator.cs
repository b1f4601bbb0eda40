using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Zoneway.Xds.Admin;

namespace Zoneway.Xds.Translation;

/// <summary>
/// A filter chain of the admin listener to <see cref="AdminChainConfig"/> (protocol §9.2). Its HTTP routes lead to the proxy itself, so it is served without an HTTP proxy. What does not look
/// exactly as kuma-cp makes it is left to the rules for any other chain, which refuse it.
/// </summary>
internal static class AdminChainTranslator
{
    /// <summary>Translates a chain; null when it is none that can be served so.</summary>
    public static AdminChainConfig? Translate(FilterChain chain, Findings findings)
    {
        var prefixes = PrefixesOf(chain);
        if (prefixes.IsEmpty || (!TransportSockets.IsPlain(chain.TransportSocket) && !TransportSockets.IsTls(chain.TransportSocket)))
        {
            return null;
        }

        AdminTlsConfig? tls = null;
        if (TransportSockets.IsTls(chain.TransportSocket) && (tls = TlsOf(chain.TransportSocket)) is null)
        {
            return null;
        }

        findings.Enforce("", $"serves {string.Join(", ", prefixes)} of the admin API{(tls is null ? "" : $" to clients named {string.Join(", ", tls.ClientNames)}")}");
        return new AdminChainConfig { Prefixes = prefixes, Tls = tls };
    }

    private static ImmutableArray<string> PrefixesOf(FilterChain chain)
    {
        if (chain.Filters.Count != 1 || ResourceReader.TypeName(chain.Filters[0].TypedConfig) != FilterTypes.HttpConnectionManager
            || ResourceReader.TryParse(chain.Filters[0].TypedConfig, HttpConnectionManager.Parser, out _) is not { RouteConfig.VirtualHosts: { } hosts })
        {
            return [];
        }

        var routes = hosts.SelectMany(host => host.Routes).ToList();
        return routes.TrueForAll(IsOwn) ? [.. routes.Select(route => route.Match.Prefix).Distinct(StringComparer.Ordinal)] : [];
    }

    // Only what leads to the program itself under the same path.
    private static bool IsOwn(Route route) =>
        route is { Match: { PathSpecifierCase: RouteMatch.PathSpecifierOneofCase.Prefix, Headers.Count: 0, QueryParameters.Count: 0 }, Route_: { } action }
        && AdminListener.IsOwnCluster(action.Cluster) && (action.PrefixRewrite.Length == 0 || action.PrefixRewrite == route.Match.Prefix);

    private static AdminTlsConfig? TlsOf(TransportSocket socket)
    {
        if (ResourceReader.TryParse(socket.TypedConfig, DownstreamTlsContext.Parser, out _) is not
            { RequireClientCertificate: true, CommonTlsContext: { TlsCertificates: [var certificate], ValidationContext: { TrustedCa: { } ca, MatchTypedSubjectAltNames: { Count: > 0 } names } } })
        {
            return null;
        }

        var config = new AdminTlsConfig
        {
            CertificateChain = TextOf(certificate.CertificateChain),
            PrivateKey = TextOf(certificate.PrivateKey),
            TrustedCa = TextOf(ca),
            ClientNames = [.. names.Where(IsExactName).Select(name => name.Matcher.Exact)],
        };
        // A matcher of another kind would let others in, or nobody.
        return config.ClientNames.Length == names.Count && IsUsable(config) ? config : null;
    }

    private static bool IsExactName(SubjectAltNameMatcher name) =>
        name.SanType == SubjectAltNameMatcher.Types.SanType.Dns && name.Matcher is { Exact.Length: > 0, IgnoreCase: false };

    private static bool IsUsable(AdminTlsConfig config)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(config.CertificateChain, config.PrivateKey);
            var trusted = new X509Certificate2Collection();
            trusted.ImportFromPem(config.TrustedCa);
            return trusted.Count > 0;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static string TextOf(DataSource? source) => source?.SpecifierCase switch
    {
        DataSource.SpecifierOneofCase.InlineBytes => Encoding.UTF8.GetString(source.InlineBytes.Span),
        DataSource.SpecifierOneofCase.InlineString => source.InlineString,
        _ => "",
    };
}
