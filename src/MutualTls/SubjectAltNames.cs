using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.MutualTls;

/// <summary>The names in the subjectAltName extension of a certificate (RFC 5280 §4.2.1.6), by kind.</summary>
public sealed record SubjectAltNames
{
    /// <summary>Most names read of one certificate; one with more is treated as malformed.</summary>
    public const int MaxNames = 1000;

    private const string Extension = "2.5.29.17";

    // GeneralName ::= CHOICE { rfc822Name [1], dNSName [2], uniformResourceIdentifier [6], iPAddress [7], ... }
    private static readonly Asn1Tag Email = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag Dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag Ip = new(TagClass.ContextSpecific, 7);

    /// <summary>No name.</summary>
    public static SubjectAltNames None { get; } = new();

    /// <summary>Mail addresses.</summary>
    public ImmutableArray<string> Emails { get; private init; } = [];

    /// <summary>DNS names, wildcards as they are written.</summary>
    public ImmutableArray<string> DnsNames { get; private init; } = [];

    /// <summary>URIs.</summary>
    public ImmutableArray<string> Uris { get; private init; } = [];

    /// <summary>IP addresses.</summary>
    public ImmutableArray<IPAddress> IpAddresses { get; private init; } = [];

    /// <summary>Reads the names of a certificate; null when the extension is malformed.</summary>
    public static SubjectAltNames? TryRead(X509Certificate2 certificate)
    {
        try
        {
            // RFC 5280 §4.2: an extension comes once. Of two lists of names nobody can tell which one its CA has looked at.
            var lists = certificate.Extensions.Where(static extension => extension.Oid?.Value == Extension).ToList();
            return lists switch
            {
                [] => None,
                [var only] => Read(only.RawData),
                _ => null,
            };
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether one of the names fits a condition.</summary>
    public bool Fits(SubjectAltNameMatcher condition) => condition.Kind switch
    {
        SubjectAltNameKind.Email => Any(Emails, condition.Matcher),
        SubjectAltNameKind.Dns => FitsDns(condition.Matcher),
        SubjectAltNameKind.Uri => Any(Uris, condition.Matcher),
        SubjectAltNameKind.IpAddress => FitsIp(condition.Matcher),
        _ => Any(Uris, condition.Matcher) || FitsDns(condition.Matcher) || FitsIp(condition.Matcher) || Any(Emails, condition.Matcher),
    };

    private static SubjectAltNames Read(byte[] extension)
    {
        var emails = ImmutableArray.CreateBuilder<string>();
        var dnsNames = ImmutableArray.CreateBuilder<string>();
        var uris = ImmutableArray.CreateBuilder<string>();
        var addresses = ImmutableArray.CreateBuilder<IPAddress>();
        var outer = new AsnReader(extension, AsnEncodingRules.DER);
        var names = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        for (var count = 0; names.HasData; count++)
        {
            if (count == MaxNames)
            {
                throw new AsnContentException("Too many names.");
            }

            var tag = names.PeekTag();
            if (tag == Email)
            {
                emails.Add(Text(names, tag));
            }
            else if (tag == Dns)
            {
                dnsNames.Add(Text(names, tag));
            }
            else if (tag == Uri)
            {
                uris.Add(Text(names, tag));
            }
            else if (tag == Ip)
            {
                addresses.Add(new IPAddress(names.ReadOctetString(tag)));
            }
            else
            {
                names.ReadEncodedValue();
            }
        }

        return new SubjectAltNames { Emails = emails.ToImmutable(), DnsNames = dnsNames.ToImmutable(), Uris = uris.ToImmutable(), IpAddresses = addresses.ToImmutable() };
    }

    // A zero byte inside a name has been used to show one name to the CA and another one to those who compare.
    private static string Text(AsnReader names, Asn1Tag tag)
    {
        var text = names.ReadCharacterString(UniversalTagNumber.IA5String, tag);
        return text.Contains('\0', StringComparison.Ordinal) ? throw new AsnContentException("A name has a zero byte.") : text;
    }

    private static bool Any(ImmutableArray<string> names, StringMatcher matcher)
    {
        foreach (var name in names)
        {
            if (matcher.Matches(name))
            {
                return true;
            }
        }

        return false;
    }

    private bool FitsDns(StringMatcher matcher)
    {
        foreach (var name in DnsNames)
        {
            if (matcher.Matches(name) || (matcher.Kind == StringMatchKind.Exact && IsDnsNameFor(name, matcher.Pattern)))
            {
                return true;
            }
        }

        return false;
    }

    // RFC 4343: case does not count. RFC 6125 §6.4.3: the asterisk stands for the whole leftmost label and nothing more.
    private static bool IsDnsNameFor(string name, string wanted) =>
        name.Equals(wanted, StringComparison.OrdinalIgnoreCase) || IsWildcardFor(name, wanted);

    private static bool IsWildcardFor(string name, string wanted) =>
        name.StartsWith("*.", StringComparison.Ordinal) && wanted.IndexOf('.') is > 0 and var dot && name.AsSpan(1).Equals(wanted.AsSpan(dot), StringComparison.OrdinalIgnoreCase);

    private bool FitsIp(StringMatcher matcher)
    {
        foreach (var address in IpAddresses)
        {
            if (matcher.Matches(address.ToString()) || (matcher.Kind == StringMatchKind.Exact && IPAddress.TryParse(matcher.Pattern, out var wanted) && wanted.Equals(address)))
            {
                return true;
            }
        }

        return false;
    }
}
