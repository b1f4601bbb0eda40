using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Zoneway.MutualTls;

namespace Zoneway.Xds.Tests.Grpc;

public sealed class TrustAnchorsTests : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly List<X509Certificate2> _all = [];
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;
    private readonly X509Certificate2 _leaf;

    public TrustAnchorsTests()
    {
        _root = Create("CN=root", signer: null, isAuthority: true);
        _intermediate = Create("CN=intermediate", _root, isAuthority: true);
        _leaf = Create("CN=cp", _intermediate);
    }

    public void Dispose() => _all.ForEach(certificate => certificate.Dispose());

    [Fact]
    public void Forgive_ServersOwnCertificateIsAnchor_Accepts()
    {
        Assert.True(IsTrusted(_leaf, [_leaf]));
        Assert.True(IsTrusted(_leaf, [_leaf], presented: [_intermediate]));
        Assert.True(IsTrusted(_leaf, [_leaf], presented: [_intermediate, _root]));
    }

    [Fact]
    public void Forgive_IntermediateIsAnchor_Accepts()
    {
        Assert.True(IsTrusted(_leaf, [_intermediate]));
        Assert.True(IsTrusted(_leaf, [_intermediate], presented: [_root]));
    }

    [Fact]
    public void Forgive_RootIsAnchorAndIntermediateIsPresented_Accepts() => Assert.True(IsTrusted(_leaf, [_root], presented: [_intermediate]));

    [Fact]
    public void Forgive_RootIsAnchorAndIntermediateIsMissing_Refuses() => Assert.False(IsTrusted(_leaf, [_root]));

    [Fact]
    public void Forgive_AnotherCertificateIsAnchor_Refuses()
    {
        Assert.False(IsTrusted(_leaf, [Create("CN=cp", _intermediate)]));
        Assert.False(IsTrusted(_leaf, [Create("CN=another", signer: null, isAuthority: true)], presented: [_intermediate, _root]));
    }

    [Fact]
    public void Forgive_CopyOfAnchorsIssuerAndSerialNumber_Refuses()
    {
        var rogue = Create("CN=intermediate", signer: null, isAuthority: true);

        var forged = Create("CN=cp", rogue, serial: _leaf.SerialNumberBytes.ToArray());

        Assert.Equal(forged, _leaf); // Equal to the framework, and still not the same.
        Assert.False(IsTrusted(forged, [_leaf]));
        Assert.False(IsTrusted(forged, [_leaf], presented: [rogue]));
    }

    [Fact]
    public void Forgive_NamesAnchorAsIssuerWithoutItsSignature_Refuses()
    {
        var rogue = Create("CN=intermediate", signer: null, isAuthority: true);

        var forged = Create("CN=cp", rogue);

        Assert.False(IsTrusted(forged, [_intermediate]));
        Assert.False(IsTrusted(forged, [_intermediate], presented: [rogue]));
    }

    [Fact]
    public void Forgive_AnchorIsExpiredOrForClients_Refuses()
    {
        var expired = Create("CN=cp", _intermediate, until: _now.AddMinutes(-1));
        var forClients = Create("CN=cp", _intermediate, purpose: ClientAuthentication);

        Assert.False(IsTrusted(expired, [expired]));
        Assert.False(IsTrusted(forClients, [forClients]));
    }

    [Fact]
    public void Forgive_OtherErrors_Stay()
    {
        using var chain = new X509Chain { ChainPolicy = TrustAnchors.CreatePolicy([_leaf]) };
        chain.Build(_leaf);
        const SslPolicyErrors Both = SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch;

        Assert.Equal(SslPolicyErrors.RemoteCertificateNameMismatch, TrustAnchors.Forgive(Both, chain, [_leaf]));
        Assert.Equal(Both, TrustAnchors.Forgive(Both, chain, anchors: null));
        Assert.Equal(SslPolicyErrors.RemoteCertificateNotAvailable, TrustAnchors.Forgive(SslPolicyErrors.RemoteCertificateNotAvailable, null, [_leaf]));
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509Certificate2Collection anchors, X509Certificate2Collection? presented = null)
    {
        using var chain = new X509Chain { ChainPolicy = TrustAnchors.CreatePolicy(anchors) };
        chain.ChainPolicy.ExtraStore.AddRange(presented ?? []);
        var errors = chain.Build(certificate) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        return TrustAnchors.Forgive(errors, chain, anchors) == SslPolicyErrors.None;
    }

    private X509Certificate2 Create(
        string name, X509Certificate2? signer, bool isAuthority = false, byte[]? serial = null, DateTimeOffset? until = null, string purpose = ServerAuthentication)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (!isAuthority)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        }

        var from = _now.AddHours(-2);
        var to = until ?? _now.AddHours(2);
        if (signer is null)
        {
            _all.Add(request.CreateSelfSigned(from, to));
        }
        else
        {
            using var certificate = request.Create(signer, from, to, serial ?? RandomNumberGenerator.GetBytes(8));
            _all.Add(certificate.CopyWithPrivateKey(key));
        }

        return _all[^1];
    }
}
