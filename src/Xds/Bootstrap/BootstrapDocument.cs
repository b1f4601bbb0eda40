using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Zoneway.Xds.Ads;

namespace Zoneway.Xds.Bootstrap;

/// <summary>What a proxy needs of the control plane's bootstrap document. Protocol §1.3.</summary>
/// <remarks>A class rather than a record: nothing may print the token by accident.</remarks>
public sealed class BootstrapDocument
{
    /// <summary>Who the proxy is to the control plane (<c>node</c>), sent back unchanged in the first xDS message.</summary>
    public required NodeIdentity Node { get; init; }

    /// <summary>Which form of ADS the control plane wants (<c>apiType</c>).</summary>
    public required XdsVariant Variant { get; init; }

    /// <summary>Where ADS is served.</summary>
    public required AdsServer Server { get; init; }

    /// <summary>Headers for every stream; <c>authorization</c> holds the token alone.</summary>
    public ImmutableArray<KeyValuePair<string, string>> InitialMetadata { get; init; } = [];

    /// <summary>A file with the token, to be read again for every stream (the <c>googleGrpc</c> form). Null: none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>SHA-256 of the document's text in hexadecimal: the same as long as the control plane says the same.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Reads a document. Never throws on bad content.</summary>
    /// <param name="yaml">The document as YAML or JSON.</param>
    /// <param name="document">What it says; null when it cannot be used.</param>
    /// <param name="error">Why it cannot be used; empty when it can.</param>
    public static bool TryParse(string yaml, [NotNullWhen(true)] out BootstrapDocument? document, out string error) =>
        BootstrapReader.TryRead(yaml, out document, out error);
}

/// <summary>The server of the ADS stream.</summary>
/// <param name="Host">DNS name or IP address.</param>
/// <param name="Port">TCP port.</param>
/// <param name="ConnectTimeout">Longest time to connect.</param>
/// <param name="Tls">TLS settings; null for plain HTTP/2.</param>
public sealed record AdsServer(string Host, int Port, TimeSpan ConnectTimeout, AdsServerTls? Tls);

/// <summary>How the ADS server must prove itself.</summary>
public sealed record AdsServerTls
{
    /// <summary>Server name to send. Null: the host.</summary>
    public string? ServerName { get; init; }

    /// <summary>PEM of the CAs to trust. Null: those of the system.</summary>
    public string? TrustedCa { get; init; }

    /// <summary>DNS names and IP addresses of which the certificate must carry one. Empty: the host.</summary>
    public ImmutableArray<string> ExpectedNames { get; init; } = [];
}
