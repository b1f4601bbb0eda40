using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Zoneway.TestUtilities;
using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Certificates;

public sealed class CertificateRenewalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Renew_TwoThirdsOfTheLife_IsTheMoment()
    {
        using var authority = MeshCertificateAuthority.Create("m", _time.GetUtcNow());
        var certificate = new RenewingCertificate("web", TagSet.Empty, TimeSpan.FromHours(24));

        Assert.True(certificate.Renew(authority, _time.GetUtcNow()));
        var first = certificate.Current!;
        _time.Advance(TimeSpan.FromHours(16) - TimeSpan.FromSeconds(1));
        Assert.False(certificate.Renew(authority, _time.GetUtcNow()));
        Assert.Same(first, certificate.Current);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(certificate.Renew(authority, _time.GetUtcNow()));
        Assert.NotEqual(first.KeyPem, certificate.Current!.KeyPem);
    }

    [Fact]
    public void Renew_ClockSetBack_ReplacesWhatIsNotValidYetOnce()
    {
        using var authority = MeshCertificateAuthority.Create("m", _time.GetUtcNow().AddDays(-1));
        var certificate = new RenewingCertificate("web", TagSet.Empty, TimeSpan.FromSeconds(10));
        certificate.Renew(authority, _time.GetUtcNow());
        var earlier = _time.GetUtcNow().AddHours(-1);

        Assert.True(certificate.Renew(authority, earlier));
        Assert.True(certificate.Current!.Begin < earlier && earlier < certificate.Current.RenewAt);
        Assert.False(certificate.Renew(authority, earlier));
    }

    [Fact]
    public void Renew_AuthorityExpiredAMomentAgo_IssuesNothingThatHasExpired()
    {
        using var authority = MeshCertificateAuthority.Create("m", _time.GetUtcNow());
        var certificate = new RenewingCertificate("web", TagSet.Empty, TimeSpan.FromSeconds(10));

        Assert.Throws<CryptographicException>(() => certificate.Renew(authority, new DateTimeOffset(authority.Certificate.NotAfter).AddSeconds(1)));
    }

    [Fact]
    public void GetOrCreate_AuthorityWithRsaKey_Issues()
    {
        using var key = RSA.Create(2048);
        WriteAuthority(new CertificateRequest("CN=own", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), isAuthority: true, key.ExportPkcs8PrivateKeyPem());

        using var authority = new CertificateAuthorityStore(_folder.Path, _time).GetOrCreate("m");
        using var leaf = authority.Issue("web", TagSet.Empty, TimeSpan.FromHours(1), _time.GetUtcNow());

        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, VerificationTime = _time.GetUtcNow().DateTime } };
        chain.ChainPolicy.CustomTrustStore.Add(authority.Certificate);
        Assert.True(chain.Build(leaf), string.Join("; ", chain.ChainStatus.Select(static status => status.StatusInformation)));
    }

    [Fact]
    public void GetOrCreate_CertificateThatIsNoAuthority_IsRefusedAsDamaged()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        WriteAuthority(new CertificateRequest("CN=leaf", key, HashAlgorithmName.SHA256), isAuthority: false, key.ExportPkcs8PrivateKeyPem());

        var exception = Assert.Throws<CryptographicException>(() => new CertificateAuthorityStore(_folder.Path, _time).GetOrCreate("m"));

        Assert.Contains("is not that of a CA", exception.Message, StringComparison.Ordinal);
    }

    private void WriteAuthority(CertificateRequest request, bool isAuthority, string key)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow().AddDays(1));
        _folder.Write("m/ca.crt", certificate.ExportCertificatePem());
        _folder.Write("m/ca.key", key);
    }

    [Fact]
    public void Renew_OtherAuthority_ReplacesAtOnce()
    {
        using var old = MeshCertificateAuthority.Create("m", _time.GetUtcNow());
        using var next = MeshCertificateAuthority.Create("m", _time.GetUtcNow());
        var certificate = new RenewingCertificate("web", TagSet.Empty, TimeSpan.FromHours(24));
        certificate.Renew(old, _time.GetUtcNow());

        Assert.True(certificate.Renew(next, _time.GetUtcNow()));
        Assert.Equal(next.Certificate.Thumbprint, certificate.Current!.Issuer);
    }

    [Fact]
    public void Renew_ExpiredAuthority_KeepsTheCertificate()
    {
        using var authority = MeshCertificateAuthority.Create("m", _time.GetUtcNow());
        var certificate = new RenewingCertificate("web", TagSet.Empty, TimeSpan.FromDays(5000));
        certificate.Renew(authority, _time.GetUtcNow());
        var first = certificate.Current;

        Assert.Throws<CryptographicException>(() => certificate.Renew(authority, _time.GetUtcNow().AddDays(4000)));
        Assert.Same(first, certificate.Current);
    }

    [Fact]
    public void GetOrCreate_FileWithSeveralCertificates_TrustsAllAndSignsWithTheFirst()
    {
        var store = new CertificateAuthorityStore(_folder.Path, _time);
        using var first = store.GetOrCreate("m");
        using var second = MeshCertificateAuthority.Create("m", _time.GetUtcNow());
        var key = File.ReadAllText(_folder.PathOf("m/ca.key"));
        _folder.Write("m/ca.crt", first.Certificate.ExportCertificatePem() + "\n" + second.Certificate.ExportCertificatePem() + "\n" + key);

        using var both = store.GetOrCreate("m");

        Assert.Equal(first.Certificate.Thumbprint, both.Certificate.Thumbprint);
        Assert.Equal($"{first.Certificate.ExportCertificatePem()}\n{second.Certificate.ExportCertificatePem()}", both.TrustedPem);
    }

    [Fact]
    public async Task RunAsync_OverTime_RewritesTheFilesWithMatchingKeys()
    {
        var store = new CertificateAuthorityStore(_folder.PathOf("ca"), _time);
        Directory.CreateDirectory(_folder.PathOf("ca"));
        var renewal = new WorkloadCertificateRenewal("m", new RenewingCertificate("web", TagSet.Empty, TimeSpan.FromMinutes(3)), _folder.PathOf("out"), store, _time);
        renewal.Refresh();
        var first = await File.ReadAllTextAsync(_folder.PathOf("out/tls.crt"));
        using var stop = new CancellationTokenSource();
        var written = 0;
        var running = renewal.RunAsync(_ => Interlocked.Increment(ref written), static reason => Assert.Fail(reason), stop.Token);

        await Eventually.TrueAsync(() => Volatile.Read(ref written) >= 2, () => _time.Advance(TimeSpan.FromSeconds(10)));
        await stop.CancelAsync();
        await running.WithinLimit();

        using var leaf = X509Certificate2.CreateFromPemFile(_folder.PathOf("out/tls.crt"), _folder.PathOf("out/tls.key"));
        Assert.NotEqual(first, await File.ReadAllTextAsync(_folder.PathOf("out/tls.crt")));
        Assert.True(FileModes.IsOwnerOnly(_folder.PathOf("out/tls.key")));
        Assert.Equal(["ca.crt", "tls.crt", "tls.key"], Directory.GetFiles(_folder.PathOf("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task RunAsync_AuthorityThatCannotBeRead_IsToldAndTheFilesStay()
    {
        var store = new CertificateAuthorityStore(_folder.PathOf("ca"), _time);
        Directory.CreateDirectory(_folder.PathOf("ca"));
        var renewal = new WorkloadCertificateRenewal("m", new RenewingCertificate("web", TagSet.Empty, TimeSpan.FromMinutes(3)), _folder.PathOf("out"), store, _time);
        renewal.Refresh();
        var first = await File.ReadAllTextAsync(_folder.PathOf("out/tls.crt"));
        _folder.Write("ca/m/ca.crt", "broken");
        using var stop = new CancellationTokenSource();
        var failures = 0;
        var running = renewal.RunAsync(static _ => Assert.Fail("written"), _ => Interlocked.Increment(ref failures), stop.Token);

        await Eventually.TrueAsync(() => Volatile.Read(ref failures) >= 2, () => _time.Advance(TimeSpan.FromSeconds(30)));
        await stop.CancelAsync();
        await running.WithinLimit();

        Assert.Equal(first, await File.ReadAllTextAsync(_folder.PathOf("out/tls.crt")));
    }
}
