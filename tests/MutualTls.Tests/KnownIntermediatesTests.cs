using System.Security.Cryptography.X509Certificates;

namespace Zoneway.MutualTls.Tests;

public sealed class KnownIntermediatesTests : IDisposable
{
    private readonly CertificateForge _forge = new();
    private readonly X509Certificate2 _root;

    public KnownIntermediatesTests() => _root = _forge.Authority("root");

    public void Dispose() => _forge.Dispose();

    [Fact]
    public void Remember_KeepsWhatIsInBetweenOnce_AndOutlivesTheChain()
    {
        var known = new KnownIntermediates();
        var zone = _forge.Authority("zone", _root);

        Remember(known, zone);
        Remember(known, zone);

        var policy = new X509ChainPolicy();
        known.AddTo(policy);
        Assert.Equal(zone.RawData, Assert.Single(policy.ExtraStore).RawData);
    }

    [Fact]
    public void Remember_MoreThanItKeeps_ForgetsTheFirst()
    {
        var known = new KnownIntermediates();
        for (var i = 0; i <= KnownIntermediates.Most; i++)
        {
            Remember(known, _forge.Authority($"zone {i}", _root));
        }

        var policy = new X509ChainPolicy();
        known.AddTo(policy);
        Assert.Equal(KnownIntermediates.Most, known.Count);
        Assert.Equal("CN=zone 1", policy.ExtraStore[0].Subject);
    }

    private void Remember(KnownIntermediates known, X509Certificate2 intermediate)
    {
        using var chain = new X509Chain { ChainPolicy = TrustAnchors.CreatePolicy([_root], ofClients: true) };
        chain.ChainPolicy.ExtraStore.Add(intermediate);
        Assert.True(chain.Build(_forge.Leaf(intermediate, "spiffe://prod/web")));
        known.Remember(chain, [_root]);
    }
}
