using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Zoneway.MutualTls;
using Zoneway.Xds.Ads;

namespace Zoneway.Xds.Bootstrap;

/// <summary>Turns a bootstrap document into the options of the ADS client.</summary>
internal static class AdsConnectionFactory
{
    private const int MaxTokenBytes = 64 * 1024;
    private const string Authorization = "authorization";

    // Envoy's connect timeout is that of TCP alone, ours covers name resolution and TLS as well, so the 1 s that Kuma sends would be too short.
    private static readonly TimeSpan LeastConnectTimeout = TimeSpan.FromSeconds(5);

    /// <param name="document">What the control plane said.</param>
    /// <param name="tokenFile">The token file of the settings; it goes before that of the document. Null: none.</param>
    /// <remarks>Says nothing of what is in force; <see cref="AdsClientOptions.TakesOver"/> is the caller's.</remarks>
    public static AdsClientOptions Create(BootstrapDocument document, string? tokenFile) => new()
    {
        Node = document.Node,
        Variant = document.Variant,
        Connection = CreateConnection(document.Server),
        TokenSource = CreateTokenSource(document, tokenFile ?? document.TokenFile),
    };

    private static ControlPlaneConnection CreateConnection(AdsServer server) => new()
    {
        Address = new UriBuilder(server.Tls is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps, server.Host, server.Port).Uri,
        ServerName = server.Tls?.ServerName,
        TrustedRoots = server.Tls?.TrustedCa is { } ca ? PemCertificates.Read(ca) : null,
        IsExpectedServer = server.Tls is { ExpectedNames: { IsDefaultOrEmpty: false } names } ? certificate => CarriesOneOf(certificate, names) : null,
        ConnectTimeout = server.ConnectTimeout > LeastConnectTimeout ? server.ConnectTimeout : LeastConnectTimeout,
    };

    private static bool CarriesOneOf(X509Certificate2 certificate, ImmutableArray<string> names) =>
        names.Any(name => certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false));

    private static Func<CancellationToken, ValueTask<string?>> CreateTokenSource(BootstrapDocument document, string? tokenFile)
    {
        if (tokenFile is null)
        {
            var token = document.InitialMetadata.FirstOrDefault(header => header.Key == Authorization).Value;
            return _ => ValueTask.FromResult<string?>(token);
        }

        return _ => SmallFile.TryRead(tokenFile, MaxTokenBytes, out var text, out var error)
            ? ValueTask.FromResult<string?>(text.Trim())
            : ValueTask.FromException<string?>(new IOException(error));
    }
}
