using System.Collections.Immutable;
using Zoneway.SniRouter.Routing;

namespace Zoneway.Xds.Admin;

/// <summary>A filter chain of the admin listener that a Kuma control plane sends: it answers with the program's own admin API. Protocol §9.2.</summary>
public sealed record AdminChainConfig : FilterChainActionConfig
{
    /// <summary>Beginnings of the paths that are served; <c>/</c> serves all.</summary>
    public required ImmutableArray<string> Prefixes { get; init; }

    /// <summary>How clients prove who they are; null serves plain text.</summary>
    public AdminTlsConfig? Tls { get; init; }

    /// <summary>Whether a path is served.</summary>
    public bool Serves(string path) => Prefixes.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal));
}

/// <summary>TLS of an admin chain: the server's certificate, and who may come in.</summary>
public sealed record AdminTlsConfig
{
    /// <summary>Certificate of the server, with what follows it in its chain, as PEM.</summary>
    public required string CertificateChain { get; init; }

    /// <summary>Its private key as PEM.</summary>
    public required string PrivateKey { get; init; }

    /// <summary>PEM of the CAs that a client's certificate must come from.</summary>
    public required string TrustedCa { get; init; }

    /// <summary>DNS names of which a client's certificate must have one.</summary>
    public required ImmutableArray<string> ClientNames { get; init; }

    /// <summary>Without the key: records are printed by accident.</summary>
    public override string ToString() => $"TLS for {string.Join(", ", ClientNames)}";
}
