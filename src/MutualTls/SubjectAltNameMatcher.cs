namespace Zoneway.MutualTls;

/// <summary>A condition on one name of a certificate (SubjectAltNameMatcher). Of several conditions one is enough.</summary>
/// <param name="Kind">Which names are looked at.</param>
/// <param name="Matcher">What such a name must be. IP addresses are compared in their usual writing; an exact DNS name also fits a wildcard of the certificate, as in Envoy.</param>
public sealed record SubjectAltNameMatcher(SubjectAltNameKind Kind, StringMatcher Matcher)
{
    /// <summary>Such as <c>URI prefix spiffe://prod/</c>.</summary>
    public override string ToString() => $"{(Kind == SubjectAltNameKind.IpAddress ? "IP" : Kind.ToString().ToUpperInvariant())} {Matcher}";
}

/// <summary>Kinds of names in a certificate (SubjectAltNameMatcher.SanType).</summary>
public enum SubjectAltNameKind
{
    /// <summary>Mail addresses.</summary>
    Email,

    /// <summary>DNS names.</summary>
    Dns,

    /// <summary>URIs.</summary>
    Uri,

    /// <summary>IP addresses.</summary>
    IpAddress,

    /// <summary>Any kind: the untyped form, which older control planes send.</summary>
    Any,
}
