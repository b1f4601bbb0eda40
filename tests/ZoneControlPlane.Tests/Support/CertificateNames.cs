using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.ZoneControlPlane.Tests.Support;

/// <summary>Reads the names of certificates.</summary>
internal static class CertificateNames
{
    /// <summary>The URIs among the alternative names, in order.</summary>
    public static IReadOnlyList<string> UrisOf(X509Certificate2 certificate)
    {
        var names = new AsnReader(certificate.Extensions["2.5.29.17"]!.RawData, AsnEncodingRules.DER).ReadSequence();
        var uris = new List<string>();
        while (names.HasData)
        {
            uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, new Asn1Tag(TagClass.ContextSpecific, 6)));
        }

        return uris;
    }
}
