using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Zoneway.ZoneControlPlane.Tests.Support;

/// <summary>Makes zone tokens as kumactl does, and broken ones.</summary>
internal sealed class TestTokens : IDisposable
{
    public RSA Key { get; } = RSA.Create(2048);

    public string PublicPem => Key.ExportSubjectPublicKeyInfoPem();

    /// <summary>A signed token with these claims.</summary>
    public string Issue(string claims, string header = """{"alg":"RS256","kid":"1","typ":"JWT"}""")
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public void Dispose() => Key.Dispose();

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
