using System.Security.Cryptography;
using Zoneway.TestUtilities;
using Zoneway.ZoneControlPlane.Authentication;
using Zoneway.ZoneControlPlane.Snapshots;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Authentication;

public sealed class ZoneTokenVerifierTests : IDisposable
{
    private readonly TestTokens _tokens = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ZoneTokenVerifier _verifier;

    public ZoneTokenVerifierTests() => _verifier = new ZoneTokenVerifier([ZoneTokenVerifier.ReadKey(_tokens.PublicPem)], "west", _time);

    public void Dispose()
    {
        _verifier.Dispose();
        _tokens.Dispose();
    }

    // Times after an @ are seconds from now.
    [Theory]
    [InlineData("""{"Zone":"west","Scope":["ingress"],"nbf":@-5,"exp":@5,"jti":"1"}""", null)]
    [InlineData("""{"Zone":"","Scope":["egress","ingress"]}""", null)]
    [InlineData("""{"Scope":["ingress"]}""", null)]
    [InlineData("""{"Zone":"east","Scope":["ingress"]}""", "another zone")]
    [InlineData("""{"Zone":"west","Scope":["egress"]}""", "scope")]
    [InlineData("""{"Zone":"west"}""", "scope")]
    [InlineData("""{"Zone":"west","Scope":["ingress"],"exp":@0}""", "expired")]
    [InlineData("""{"Zone":"west","Scope":["ingress"],"nbf":@1}""", "not valid yet")]
    [InlineData("""{"Zone":"west","Scope":["ingress"],"exp":"soon"}""", "not a JWT")]
    [InlineData("[]", "not a JWT")]
    public void FindFault_SignedToken_IsJudgedByItsClaims(string claims, string? fault)
    {
        foreach (var offset in new[] { -5, 0, 1, 5 })
        {
            claims = claims.Replace($"@{offset}", $"{_time.GetUtcNow().ToUnixTimeSeconds() + offset}", StringComparison.Ordinal);
        }

        Check(_tokens.Issue(claims), fault);
    }

    [Fact]
    public void FindFault_SignatureOfAnotherKeyOrAlgorithmOrNone_IsRefused()
    {
        const string Claims = """{"Zone":"west","Scope":["ingress"]}""";
        using var others = new TestTokens();

        Check(others.Issue(Claims), "signature");
        Check(_tokens.Issue(Claims, """{"alg":"none"}"""), "signature");
        Check(_tokens.Issue(Claims, """{"alg":"HS256"}"""), "signature");
        Check(_tokens.Issue(Claims, "{}"), "signature");
        var token = _tokens.Issue(Claims);
        Check(token[..(token.LastIndexOf('.') + 1)], "signature");
    }

    [Theory]
    [InlineData(null, "empty")]
    [InlineData("", "empty")]
    [InlineData("abc", "not a JWT")]
    [InlineData("..", "not a JWT")]
    [InlineData("a.b.c", "not a JWT")]
    [InlineData("e30.e30.!", "not a JWT")]
    public void FindFault_NoToken_IsRefused(string? text, string fault) => Check(text, fault);

    [Fact]
    public void FindFault_RandomBytes_NeverThrows()
    {
        var random = new Random(1);
        var token = _tokens.Issue("""{"Zone":"west","Scope":["ingress"]}""").ToCharArray();
        for (var i = 0; i < 2000; i++)
        {
            var copy = token.ToArray();
            copy[random.Next(copy.Length)] = (char)random.Next(32, 127);
            _verifier.FindFault(new string(copy), ProxyKind.Ingress);
        }
    }

    [Fact]
    public void ReadKey_NoKey_Throws()
    {
        Assert.Throws<ArgumentException>(() => ZoneTokenVerifier.ReadKey("no key"));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.ThrowsAny<Exception>(() => ZoneTokenVerifier.ReadKey(other.ExportSubjectPublicKeyInfoPem()));
    }

    private void Check(string? token, string? fault)
    {
        var found = _verifier.FindFault(token, ProxyKind.Ingress);
        Assert.True(fault is null ? found is null : found?.Contains(fault, StringComparison.Ordinal) == true, found);
    }
}
