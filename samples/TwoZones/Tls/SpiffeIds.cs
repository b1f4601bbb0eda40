using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.TwoZones.Tls;

/// <summary>Reads the SPIFFE ids of a certificate: the URIs of its subjectAltName that begin with <c>spiffe://</c>.</summary>
internal static class SpiffeIds
{
    // RFC 5280 §4.2.1.6: uniformResourceIdentifier is [6] IA5String.
    private static readonly Asn1Tag UniformResourceIdentifier = new(TagClass.ContextSpecific, 6);

    /// <summary>The ids; none when the extension is missing or unreadable.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        try
        {
            return extension is null ? [] : [.. ReadUris(extension.RawData).Where(static uri => uri.StartsWith("spiffe://", StringComparison.Ordinal))];
        }
        catch (AsnContentException)
        {
            return [];
        }
    }

    private static List<string> ReadUris(byte[] extension)
    {
        var uris = new List<string>();
        var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            if (names.PeekTag() == UniformResourceIdentifier)
            {
                uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UniformResourceIdentifier));
            }
            else
            {
                names.ReadEncodedValue();
            }
        }

        return uris;
    }
}
