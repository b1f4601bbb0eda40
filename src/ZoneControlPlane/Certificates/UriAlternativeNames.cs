using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>Encodes a subjectAltName extension that holds URIs only.</summary>
internal static class UriAlternativeNames
{
    private const string SubjectAltName = "2.5.29.17";

    // RFC 5280 §4.2.1.6: GeneralNames ::= SEQUENCE OF GeneralName; uniformResourceIdentifier is [6] IA5String.
    private static readonly Asn1Tag UniformResourceIdentifier = new(TagClass.ContextSpecific, 6);

    /// <summary>The extension with the URIs in the order given; each must be ASCII.</summary>
    public static X509Extension Encode(IEnumerable<string> uris, bool critical)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var uri in uris)
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, UniformResourceIdentifier);
            }
        }

        return new X509Extension(SubjectAltName, writer.Encode(), critical);
    }
}
