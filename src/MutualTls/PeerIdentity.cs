using System.Collections.Immutable;

namespace Zoneway.MutualTls;

/// <summary>Who a peer has proven to be: what its verified certificate says. Immutable.</summary>
public sealed record PeerIdentity
{
    /// <summary>Nobody: no certificate was asked for, or none was shown.</summary>
    public static PeerIdentity None { get; } = new();

    /// <summary>URI names, such as <c>spiffe://prod/web</c>, in the order of the certificate.</summary>
    public ImmutableArray<string> UriNames { get; init; } = [];

    /// <summary>DNS names.</summary>
    public ImmutableArray<string> DnsNames { get; init; } = [];

    /// <summary>The subject as RFC 2253 writes it; empty for none.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Whether a certificate was shown and verified.</summary>
    public bool IsAuthenticated { get; init; }

    /// <summary>What a principal's name is compared with, as in Envoy: the URI names, or failing those the DNS names, or failing those the subject.</summary>
    public ImmutableArray<string> PrincipalNames => !UriNames.IsEmpty ? UriNames : !DnsNames.IsEmpty ? DnsNames : [Subject];

    /// <summary>The first URI name, else the first DNS name, else the subject: for logs and answers.</summary>
    public override string ToString() => !IsAuthenticated ? "nobody" : PrincipalNames[0] is { Length: > 0 } name ? name : "a peer without a name";
}
