using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>How the egress speaks TLS to an external service: both forms of external services come down to this. Protocol §5.6.</summary>
/// <remarks>A class rather than a record: nothing may print the client's key by accident.</remarks>
internal sealed class UpstreamTls
{
    /// <summary>SNI and name to verify; null takes the host of the endpoint when it is a name.</summary>
    public string? ServerName { get; init; }

    public bool AllowsRenegotiation { get; init; }

    /// <summary>CA to verify with, PEM; null for none of its own.</summary>
    public ReadOnlyMemory<byte>? CaCertificate { get; init; }

    /// <summary>Without a CA of its own, whether the CA file of the proxy's system is used instead.</summary>
    public bool FallsBackToSystemCa { get; init; }

    /// <summary>Certificate the egress shows, PEM; null for none.</summary>
    public ReadOnlyMemory<byte>? ClientCertificate { get; init; }

    /// <summary>Its private key, PEM.</summary>
    public ReadOnlyMemory<byte>? ClientKey { get; init; }

    /// <summary>Whether the chain of the destination's certificate is verified.</summary>
    public bool VerifiesCa { get; init; } = true;

    /// <summary>Whether the names in the destination's certificate are verified.</summary>
    public bool VerifiesName { get; init; } = true;

    /// <summary>Names that are accepted besides the server's.</summary>
    public ImmutableArray<AcceptedName> AcceptedNames { get; init; } = [];

    /// <summary>Lowest and highest version; null for the proxy's own.</summary>
    public TlsVersionRange? Versions { get; init; }
}

/// <summary>A name that the destination's certificate may have.</summary>
/// <param name="Value">The name, or the beginning of one.</param>
/// <param name="IsPrefix">Whether it is the beginning.</param>
internal sealed record AcceptedName(string Value, bool IsPrefix);

/// <summary>Bounds on the TLS version, as Kuma writes them: <c>TLSAuto</c>, <c>TLS10</c> to <c>TLS13</c>.</summary>
internal sealed record TlsVersionRange(TlsVersion Minimum, TlsVersion Maximum);

/// <summary>A version of TLS; the values are those of Envoy's <c>TlsProtocol</c>.</summary>
internal enum TlsVersion
{
    Auto,
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}
