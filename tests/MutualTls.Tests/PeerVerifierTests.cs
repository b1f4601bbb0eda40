using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Zoneway.MutualTls.Tests;

/// <summary>Every certificate that an attacker might show, and what is said of it.</summary>
public sealed class PeerVerifierTests : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly CertificateForge _forge = new();
    private readonly X509Certificate2 _root;

    public PeerVerifierTests() => _root = _forge.Authority("mesh");

    public void Dispose() => _forge.Dispose();

    [Fact]
    public void Verify_ClientOfTheMesh_IsTakenByAllItsNames()
    {
        var verdict = Verify(Trust(_root), _forge.Leaf(_root, "spiffe://prod/web", "kuma://version/v1"));

        Assert.Equal(["spiffe://prod/web", "kuma://version/v1"], verdict.Identity!.UriNames.ToArray());
        Assert.True(verdict.Identity.IsAuthenticated);
    }

    [Fact]
    public void Verify_NoCertificate_IsRefusedWhereOneIsRequired()
    {
        var verifier = Create(Trust(_root));

        Assert.Equal(PeerRefusal.NoCertificate, verifier.Verify(null, null, SslPolicyErrors.RemoteCertificateNotAvailable, isRequired: true).Refusal);
        Assert.False(verifier.Verify(null, null, SslPolicyErrors.RemoteCertificateNotAvailable, isRequired: false).Identity!.IsAuthenticated);
    }

    [Theory]
    [InlineData("spiffe://prod2/web")]
    [InlineData("spiffe://PROD/web")]
    [InlineData("SPIFFE://prod/web")]
    [InlineData("http://a/spiffe://prod/web")]
    [InlineData("spiffe://prod")]
    [InlineData("")]
    public void Verify_NameThatDoesNotFit_IsRefused(string uri) => AssertRefused(PeerRefusal.Name, OfMesh(_root), _forge.Leaf(_root, uri));

    [Fact]
    public void Verify_NameInAnotherKind_IsRefused()
    {
        var id = Encoding.ASCII.GetBytes("spiffe://prod/web");

        // rfc822Name, dNSName, directoryName-like and registeredID tags with the text of the id.
        AssertRefused(PeerRefusal.Name, OfMesh(_root), _forge.Make(new CertificatePlan { Signer = _root, Names = CertificateForge.Names((1, id), (2, id), (8, id)) }));
        AssertRefused(PeerRefusal.Name, OfMesh(_root), _forge.Make(new CertificatePlan { Signer = _root, Subject = "spiffe://prod/web" }));
    }

    [Fact]
    public void Verify_ChainThatEndsElsewhere_IsRefused()
    {
        var other = _forge.Authority("mesh");

        AssertRefused(PeerRefusal.Untrusted, OfMesh(_root), _forge.Leaf(other, "spiffe://prod/web"));
        AssertRefused(PeerRefusal.Untrusted, OfMesh(_root), _forge.Leaf(other, "spiffe://prod/web"), other);
        AssertRefused(PeerRefusal.Untrusted, OfMesh(_root), _forge.Leaf(other, "spiffe://prod/web"), other, _root);
    }

    [Fact]
    public void Verify_SignedByItself_IsRefused() =>
        AssertRefused(PeerRefusal.Untrusted, OfMesh(_root), _forge.Make(new CertificatePlan { Subject = "mesh", IsAuthority = true, Names = CertificateForge.Uris("spiffe://prod/web") }));

    [Fact]
    public void Verify_CopyOfATrustedCertificate_IsRefused()
    {
        // What a byte by byte comparison is for: name and serial number are the same.
        var pinned = _forge.Make(new CertificatePlan { Names = CertificateForge.Uris("spiffe://prod/web") });
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(pinned.SubjectName, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", CertificateForge.Uris("spiffe://prod/web"), false));
        using var copy = request.Create(pinned.IssuerName, X509SignatureGenerator.CreateForECDsa(key), _forge.Now - Hour, _forge.Now + Hour, pinned.SerialNumberBytes.Span);

        Assert.NotNull(Verify(OfMesh(pinned), pinned).Identity);
        AssertRefused(PeerRefusal.Untrusted, OfMesh(pinned), copy);
    }

    [Fact]
    public void Verify_IntermediateThatThePeerHasSent_IsUsed()
    {
        var intermediate = _forge.Authority("zone", _root);

        Assert.NotNull(Verify(OfMesh(_root), _forge.Leaf(intermediate, "spiffe://prod/web"), intermediate).Identity);
        AssertRefused(PeerRefusal.Untrusted, OfMesh(_root), _forge.Leaf(intermediate, "spiffe://prod/web"));
    }

    [Fact]
    public void Verify_WorkloadThatIssuesCertificates_IsRefused()
    {
        var workload = _forge.Leaf(_root, "spiffe://prod/other");

        AssertRefused(PeerRefusal.Untrusted, OfMesh(_root), _forge.Leaf(workload, "spiffe://prod/web"), workload);
        // Nor may it where it is trusted itself: as a peer, not as an authority.
        AssertRefused(PeerRefusal.Untrusted, OfMesh(_root, workload), _forge.Leaf(workload, "spiffe://prod/web"), workload);
    }

    [Fact]
    public void Verify_ChainLongerThanItsAuthorityAllows_IsRefused()
    {
        var root = _forge.Authority("short", pathLength: 0);
        var intermediate = _forge.Authority("zone", root);

        AssertRefused(PeerRefusal.Untrusted, OfMesh(root), _forge.Leaf(intermediate, "spiffe://prod/web"), intermediate);
    }

    [Fact]
    public void Verify_IntermediateThatOnlyNamesItsIssuer_IsRefused()
    {
        var forger = _forge.Authority("mesh");
        var forged = _forge.Make(new CertificatePlan { Subject = "zone", Signer = forger, IsAuthority = true, Impersonated = _root });

        AssertRefused(PeerRefusal.Untrusted, OfMesh(_root), _forge.Leaf(forged, "spiffe://prod/web"), forged);
        AssertRefused(PeerRefusal.Untrusted, OfMesh(_root), _forge.Leaf(forged, "spiffe://prod/web"), forged, _root);
    }

    [Fact]
    public void Verify_AnotherAuthorityOfTheSameName_DoesNotHideTheRightOne()
    {
        var next = _forge.Authority("mesh");

        // A mesh whose CA is being replaced trusts both, and only the keys tell them apart.
        Assert.NotNull(Verify(OfMesh(_root, next), _forge.Leaf(next, "spiffe://prod/web")).Identity);
        Assert.NotNull(Verify(OfMesh(_root, next), _forge.Leaf(_root, "spiffe://prod/web")).Identity);
        Assert.NotNull(Verify(OfMesh(_root), _forge.Leaf(_root, "spiffe://prod/web"), next).Identity);
    }

    [Fact]
    public void Verify_ForServersOnly_IsRefused() =>
        AssertRefused(PeerRefusal.Untrusted, OfMesh(_root), _forge.Make(new CertificatePlan { Signer = _root, Usage = ServerAuthentication, Names = CertificateForge.Uris("spiffe://prod/web") }));

    [Fact]
    public void Verify_OutOfTime_IsRefused()
    {
        AssertRefused(PeerRefusal.Expired, OfMesh(_root), Timed(_root, -2 * Hour, -Hour));
        AssertRefused(PeerRefusal.NotYetValid, OfMesh(_root), Timed(_root, Hour, 2 * Hour));
        var expired = _forge.Make(new CertificatePlan { Subject = "old", IsAuthority = true, From = -2 * Hour, Until = -Hour });
        AssertRefused(PeerRefusal.Expired, OfMesh(expired), Timed(expired, -Hour, Hour));
        AssertRefused(PeerRefusal.Untrusted, OfMesh(_root), Timed(expired, -2 * Hour, -Hour));
    }

    [Fact]
    public void Verify_ExpiredWhereThatIsAllowed_StillNeedsTheRightAuthority()
    {
        var trust = OfMesh(_root) with { AllowsExpired = true };

        Assert.NotNull(Verify(trust, Timed(_root, -2 * Hour, -Hour)).Identity);
        AssertRefused(PeerRefusal.NotYetValid, trust, Timed(_root, Hour, 2 * Hour));
        AssertRefused(PeerRefusal.Untrusted, trust, Timed(_forge.Authority("mesh"), -2 * Hour, -Hour));
    }

    public static TheoryData<string, byte[]> MalformedNames => new()
    {
        { "a zero byte", CertificateForge.Uris("spiffe://prod/web\0.evil") },
        { "bytes beyond ASCII", CertificateForge.Names((6, [.. "spiffe://prod/w"u8, 0xC3, 0xA9])) },
        { "an address of five bytes", CertificateForge.Names((6, [.. "spiffe://prod/web"u8]), (7, [1, 2, 3, 4, 5])) },
        { "too many names", CertificateForge.Uris([.. Enumerable.Repeat("spiffe://prod/web", SubjectAltNames.MaxNames + 1)]) },
        { "no list", [0x04, 0x00] },
        { "something behind the list", [.. CertificateForge.Uris("spiffe://prod/web"), 0x05, 0x00] },
    };

    [Theory]
    [MemberData(nameof(MalformedNames))]
    public void Verify_MalformedNames_AreRefused(string what, byte[] names)
    {
        var certificate = _forge.Make(new CertificatePlan { Signer = _root, Names = names });

        Assert.True(Verify(OfMesh(_root), certificate).Identity is null, what);
    }

    [Fact]
    public void Verify_TwoListsOfNames_AreRefused()
    {
        // The framework makes no such certificate, so another extension becomes the second list: 2.5.29.99 to 2.5.29.17.
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", CertificateForge.Uris("spiffe://prod/web"), false));
        request.CertificateExtensions.Add(new X509Extension("2.5.29.99", CertificateForge.Uris("spiffe://prod/other"), false));
        using var one = request.CreateSelfSigned(_forge.Now - Hour, _forge.Now + Hour);
        var bytes = one.RawData;
        bytes[bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x55, 0x1D, 0x63]) + 2] = 0x11;
        using var two = X509CertificateLoader.LoadCertificate(bytes);

        Assert.NotNull(SubjectAltNames.TryRead(one));
        Assert.Null(SubjectAltNames.TryRead(two));
    }

    [Fact]
    public void Verify_SeveralNames_OneThatFitsIsEnough() => Assert.NotNull(Verify(OfMesh(_root), _forge.Leaf(_root, "kuma://a/b", "spiffe://prod/web")).Identity);

    [Fact]
    public void Verify_TrustDomains_EachByItsOwnAuthority()
    {
        var other = _forge.Authority("other");
        var trust = new ValidationContextConfig { TrustDomains = [new("prod", Pem(_root)), new("test", Pem(other))] };

        Assert.NotNull(Verify(trust, _forge.Leaf(_root, "spiffe://prod/web", "kuma://version/v1")).Identity);
        Assert.NotNull(Verify(trust, _forge.Leaf(other, "spiffe://test/web")).Identity);
        AssertRefused(PeerRefusal.TrustDomain, trust, _forge.Leaf(other, "spiffe://prod/web"));
        AssertRefused(PeerRefusal.TrustDomain, trust, _forge.Leaf(other, "spiffe://prod/web"), _root);
        AssertRefused(PeerRefusal.TrustDomain, trust, _forge.Leaf(_root, "spiffe://elsewhere/web"));
    }

    [Theory]
    [InlineData("spiffe://PROD/web")]
    [InlineData("spiffe://prod@test/web")]
    [InlineData("spiffe://prod:1/web")]
    [InlineData("spiffe:///prod/web")]
    [InlineData("spiffe:/prod/web")]
    [InlineData("https://prod/web")]
    public void Verify_IdOfNoTrustDomain_IsRefused(string id) =>
        AssertRefused(PeerRefusal.TrustDomain, new ValidationContextConfig { TrustDomains = [new("prod", Pem(_root))] }, _forge.Leaf(_root, id));

    [Fact]
    public void Verify_TwoIds_AreRefused() =>
        AssertRefused(PeerRefusal.TrustDomain, new ValidationContextConfig { TrustDomains = [new("prod", Pem(_root))] }, _forge.Leaf(_root, "spiffe://prod/web", "spiffe://test/web"));

    [Fact]
    public void Verify_Hashes_TakeThoseListedOnly()
    {
        var listed = _forge.Make(new CertificatePlan { Names = CertificateForge.Uris("spiffe://prod/web") });
        var certificate = new ValidationContextConfig { CertificateHashes = [Convert.ToHexString(SHA256.HashData(listed.RawData))] };
        var publicKey = new ValidationContextConfig { PublicKeyHashes = [Convert.ToBase64String(SHA256.HashData(listed.PublicKey.ExportSubjectPublicKeyInfo()))] };

        Assert.True(Verify(certificate, listed).Identity!.IsAuthenticated);
        Assert.True(Verify(publicKey, listed).Identity!.IsAuthenticated);
        AssertRefused(PeerRefusal.Hash, certificate, _forge.Leaf(_root, "spiffe://prod/web"));
        AssertRefused(PeerRefusal.Hash, publicKey, _forge.Leaf(_root, "spiffe://prod/web"));
        AssertRefused(PeerRefusal.Hash, OfMesh(_root) with { CertificateHashes = [""] }, _forge.Leaf(_root, "spiffe://prod/web"));
    }

    [Fact]
    public void Verify_ACertificateThatNobodyVouchesFor_ProvesNoName()
    {
        var anyone = _forge.Make(new CertificatePlan { Names = CertificateForge.Uris("spiffe://prod/web") });

        Assert.Equal(PeerIdentity.None, Verify(OfMesh(_root) with { AcceptsUntrusted = true }, anyone).Identity);
        Assert.Equal(PeerIdentity.None, Verify(ValidationContextConfig.Empty, anyone).Identity);
        Assert.True(Verify(OfMesh(_root) with { AcceptsUntrusted = true }, _forge.Leaf(_root, "spiffe://prod/web")).Identity!.IsAuthenticated);
    }

    [Fact]
    public void CreateChainPolicy_Always_AsksNobodyOnTheNetwork()
    {
        var policy = Create(Trust(_root)).CreateChainPolicy();

        Assert.Equal((true, X509RevocationMode.NoCheck, X509ChainTrustMode.CustomRootTrust), (policy.DisableCertificateDownloads, policy.RevocationMode, policy.TrustMode));
    }

    [Theory]
    [InlineData("httpbin.example", "httpbin.example", true)]
    [InlineData("HTTPBIN.example", "httpbin.EXAMPLE", true)]
    [InlineData("*.example", "httpbin.example", true)]
    [InlineData("*.example", "a.httpbin.example", false)]
    [InlineData("*.example", "example", false)]
    [InlineData("*", "example", false)]
    [InlineData("h*.example", "httpbin.example", false)]
    [InlineData("a.*.example", "a.b.example", false)]
    [InlineData("httpbin.example.evil", "httpbin.example", false)]
    [InlineData("httpbin.example.", "httpbin.example", false)]
    public void Verify_DnsNames_FitAsTheyDoOnTheWeb(string name, string wanted, bool fits)
    {
        var trust = Trust(_root) with { SubjectAltNames = [new(SubjectAltNameKind.Dns, StringMatcher.Exact(wanted))] };
        var certificate = _forge.Make(new CertificatePlan { Signer = _root, Names = CertificateForge.Names((2, Encoding.ASCII.GetBytes(name))) });

        Assert.Equal(fits, Verify(trust, certificate).Identity is not null);
    }

    [Theory]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:0DB8:0:0::0001", true)]
    [InlineData("2001:db8::2", false)]
    [InlineData("::ffff:1.2.3.4", false)]
    public void Verify_IPv6Addresses_FitInAnyWriting(string wanted, bool fits)
    {
        var trust = Trust(_root) with { SubjectAltNames = [new(SubjectAltNameKind.IpAddress, StringMatcher.Exact(wanted))] };
        var address = System.Net.IPAddress.Parse("2001:db8::1").GetAddressBytes();

        Assert.Equal(fits, Verify(trust, _forge.Make(new CertificatePlan { Signer = _root, Names = CertificateForge.Names((7, address)) })).Identity is not null);
    }

    private static ValidationContextConfig Trust(params X509Certificate2[] anchors) => new() { TrustedCa = string.Concat(anchors.Select(Pem)) };

    private static ValidationContextConfig OfMesh(params X509Certificate2[] anchors) =>
        Trust(anchors) with { SubjectAltNames = [new(SubjectAltNameKind.Uri, StringMatcher.Prefix("spiffe://prod/"))] };

    private static string Pem(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n";

    private X509Certificate2 Timed(X509Certificate2 signer, TimeSpan from, TimeSpan until) =>
        _forge.Make(new CertificatePlan { Signer = signer, From = from, Until = until, Names = CertificateForge.Uris("spiffe://prod/web") });

    private static PeerVerifier Create(ValidationContextConfig trust)
    {
        Assert.True(PeerVerifier.TryCreate(trust, ofClients: true, out var verifier, out var problem), problem);
        return verifier;
    }

    private static void AssertRefused(PeerRefusal refusal, ValidationContextConfig trust, X509Certificate2 certificate, params X509Certificate2[] presented)
    {
        var verdict = Verify(trust, certificate, presented);
        Assert.Null(verdict.Identity);
        Assert.Equal(refusal, verdict.Refusal);
    }

    // As SslStream does it.
    private static PeerVerdict Verify(ValidationContextConfig trust, X509Certificate2 certificate, params X509Certificate2[] presented)
    {
        var verifier = Create(trust);
        using var chain = new X509Chain { ChainPolicy = verifier.CreateChainPolicy() };
        chain.ChainPolicy.ExtraStore.AddRange(presented);
        var errors = chain.Build(certificate) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        return verifier.Verify(certificate, chain, errors, isRequired: true);
    }
}
