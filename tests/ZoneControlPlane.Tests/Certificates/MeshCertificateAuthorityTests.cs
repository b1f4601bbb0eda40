using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Certificates;

public sealed class MeshCertificateAuthorityTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public void Create_Authority_SignsOnlyLeavesAndNamesItsMesh()
    {
        using var authority = MeshCertificateAuthority.Create("Prod_1", Now);

        Assert.Equal(["spiffe://Prod_1"], UrisOf(authority.Certificate, isCritical: false));
        var constraints = authority.Certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.True(constraints is { CertificateAuthority: true, HasPathLengthConstraint: true, PathLengthConstraint: 0, Critical: true });
        Assert.Equal(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, authority.Certificate.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
    }

    [Fact]
    public void Issue_Leaf_NamesServiceAndTagsAndServesBothSides()
    {
        using var authority = MeshCertificateAuthority.Create("default", Now);
        using var leaf = authority.Issue("backend", Tags(("version", "v1")), TimeSpan.FromHours(24), Now);

        Assert.Equal(["spiffe://default/backend", "kuma://kuma.io/service/backend", "kuma://version/v1"], UrisOf(leaf, isCritical: true));
        Assert.Equal("", leaf.Subject);
        Assert.True(leaf.HasPrivateKey);
        Assert.Equal(
            ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(static oid => oid.Value));
        Assert.Equal(Now.AddHours(24).ToUnixTimeSeconds(), new DateTimeOffset(leaf.NotAfter).ToUnixTimeSeconds());
    }

    [Fact]
    public void Issue_Leaf_VerifiesAgainstItsOwnAuthorityOnly()
    {
        using var authority = MeshCertificateAuthority.Create("default", Now);
        using var stranger = MeshCertificateAuthority.Create("default", Now);
        using var leaf = authority.Issue("backend", TagSet.Empty, TimeSpan.FromHours(1), Now);

        Assert.True(Verifies(leaf, authority.Certificate));
        Assert.False(Verifies(leaf, stranger.Certificate));
    }

    [Fact]
    public void Issue_LongerThanTheAuthority_EndsWithIt()
    {
        using var authority = MeshCertificateAuthority.Create("default", Now);
        using var leaf = authority.Issue("backend", TagSet.Empty, TimeSpan.FromDays(36500), Now);

        Assert.Equal(authority.Certificate.NotAfter, leaf.NotAfter);
    }

    [Fact]
    public void Issue_AfterTheAuthorityHasExpired_Fails()
    {
        using var authority = MeshCertificateAuthority.Create("default", Now);

        Assert.Throws<CryptographicException>(() => authority.Issue("backend", TagSet.Empty, TimeSpan.FromHours(1), Now.AddDays(4000)));
    }

    [ProgramFact("openssl")]
    public void Write_Files_SatisfyOpenSsl()
    {
        using var folder = new TemporaryFolder();
        using var authority = MeshCertificateAuthority.Create("default", Now);
        using var leaf = authority.Issue("backend", TagSet.Empty, TimeSpan.FromHours(1), Now);
        WorkloadCertificateFiles.Write(folder.Path, leaf, authority);

        foreach (var purpose in new[] { "sslserver", "sslclient" })
        {
            var (exitCode, output) = ExternalProgram.Run("openssl", $"verify -x509_strict -purpose {purpose} -CAfile {folder.PathOf("ca.crt")} {folder.PathOf("tls.crt")}");
            Assert.True(exitCode == 0, output);
        }

        Assert.True(FileModes.IsOwnerOnly(folder.PathOf("tls.key")));
        using var read = X509Certificate2.CreateFromPemFile(folder.PathOf("tls.crt"), folder.PathOf("tls.key"));
        Assert.Equal(leaf.Thumbprint, read.Thumbprint);
    }

    private static TagSet Tags(params (string Key, string Value)[] tags) => TagSet.Of(tags.Select(static tag => KeyValuePair.Create(tag.Key, tag.Value)));

    private static bool Verifies(X509Certificate2 leaf, X509Certificate2 root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf);
    }

    private static List<string> UrisOf(X509Certificate2 certificate, bool isCritical)
    {
        var extension = certificate.Extensions["2.5.29.17"]!;
        Assert.Equal(isCritical, extension.Critical);
        var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        var uris = new List<string>();
        while (names.HasData)
        {
            uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, new Asn1Tag(TagClass.ContextSpecific, 6)));
        }

        return uris;
    }
}
