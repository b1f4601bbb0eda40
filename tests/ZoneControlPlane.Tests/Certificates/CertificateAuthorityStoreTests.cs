using System.Security.Cryptography;
using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Certificates;

public sealed class CertificateAuthorityStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GetOrCreate_Twice_GivesTheSameAuthority()
    {
        using var first = Store().GetOrCreate("default");
        using var second = Store().GetOrCreate("default");

        Assert.Equal(first.Certificate.Thumbprint, second.Certificate.Thumbprint);
        Assert.True(second.Certificate.HasPrivateKey);
        Assert.True(FileModes.IsOwnerOnly(_folder.PathOf("default/ca.key")));
    }

    [Fact]
    public async Task GetOrCreate_ManyAtOnce_AgreeOnOneAndLeaveNoDrafts()
    {
        for (var round = 0; round < 20; round++)
        {
            var mesh = $"mesh-{round}";
            using var start = new Barrier(8);
            var thumbprints = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(TestLimits.Wait);
                    using var authority = Store().GetOrCreate(mesh);
                    return authority.Certificate.Thumbprint;
                },
                TestLimits.Token,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            Assert.Single(thumbprints.Distinct(StringComparer.Ordinal));
        }

        Assert.All(Directory.GetDirectories(_folder.Path), static path => Assert.StartsWith("mesh-", Path.GetFileName(path), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../elsewhere")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("")]
    public void GetOrCreate_NameThatIsNoName_IsRefused(string mesh) => Assert.Throws<ArgumentException>(() => Store().GetOrCreate(mesh));

    [Fact]
    public void GetOrCreate_DamagedKey_FailsInsteadOfMakingAnother()
    {
        Store().GetOrCreate("default").Dispose();
        File.WriteAllText(_folder.PathOf("default/ca.key"), "no key");

        Assert.ThrowsAny<CryptographicException>(() => Store().GetOrCreate("default"));
    }

    private CertificateAuthorityStore Store() => new(_folder.Path, TimeProvider.System);
}
