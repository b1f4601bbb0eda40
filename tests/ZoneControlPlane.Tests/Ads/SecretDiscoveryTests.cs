using System.Security.Cryptography.X509Certificates;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Service.Discovery.V3;
using Zoneway.TestUtilities;
using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Tests.Support;
using static Zoneway.ZoneControlPlane.Tests.Ads.TestSnapshots;

namespace Zoneway.ZoneControlPlane.Tests.Ads;

/// <summary>Secrets over ADS as an egress gets them, over real connections.</summary>
public sealed class SecretDiscoveryTests
{
    private const string Identity = "identity_cert:secret:m";
    private const string Trust = "mesh_ca:secret:m";

    private static readonly string External =
        SampleResources.Mesh("m") + SampleResources.Mesh("other") + SampleResources.Egress("ze-1", "west")
        + "type: ExternalService\nmesh: m\nname: e\ntags: {kuma.io/service: e}\nnetworking: {address: '10.0.0.1:80'}\n---\n"
        + "type: ExternalService\nmesh: other\nname: e\ntags: {kuma.io/service: e}\nnetworking: {address: '10.0.0.1:80'}\n---\n";

    [Fact]
    public async Task Sotw_SecretsAskedFor_ComeAndNoOthers()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(External);
        using var stream = controlPlane.OpenSotw();
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Secrets, Node = TestNodes.Egress("ze-1"), ResourceNames = { Identity, Trust } });

        var secrets = (await stream.ReceiveAsync()).Resources.Select(static resource => resource.Unpack<Secret>()).ToDictionary(static secret => secret.Name, StringComparer.Ordinal);

        Assert.Equal([Identity, Trust], secrets.Keys.Order(StringComparer.Ordinal));
        using var leaf = CertificateOf(secrets[Identity]);
        using var authority = X509Certificate2.CreateFromPem(secrets[Trust].ValidationContext.TrustedCa.InlineBytes.ToStringUtf8());
        Assert.True(leaf.HasPrivateKey);
        Assert.Equal(["spiffe://m/zone-egress", "kuma://kuma.io/service/zone-egress"], CertificateNames.UrisOf(leaf));
        Assert.True(Verifies(leaf, authority));
        Assert.DoesNotContain("PRIVATE", secrets[Trust].ToString(), StringComparison.Ordinal);
        AssertNoKeyIn(controlPlane, secrets[Identity]);
    }

    [Fact]
    public async Task Sotw_NoNames_GetsNothingUntilItNamesSome()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(External);
        using var stream = controlPlane.OpenSotw();
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Secrets, Node = TestNodes.Egress("ze-1") });
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Secrets, ResourceNames = { Trust } });

        Assert.Equal(Trust, (await stream.ReceiveAsync()).Resources.Single().Unpack<Secret>().Name);
    }

    [Fact]
    public async Task Sotw_SecretThatIsNotThereYet_ComesWithItsMesh()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(SampleResources.Egress("ze-1", "west"));
        using var stream = controlPlane.OpenSotw();
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Secrets, Node = TestNodes.Egress("ze-1"), ResourceNames = { Identity } });
        await controlPlane.Log.WaitForAsync("Node .ze-1 (Egress) connected");

        controlPlane.Folder.Write("more.yaml", External.Replace("ze-1", "ze-2", StringComparison.Ordinal));

        Assert.Equal(Identity, (await stream.ReceiveAsync()).Resources.Single().Unpack<Secret>().Name);
    }

    [Fact]
    public async Task Stream_WithoutToken_GetsNoSecretsAndItsResourceIsNotEvenRead()
    {
        using var tokens = new TestTokens();
        await using var controlPlane = await RunningControlPlane.StartAsync(External, options => options with { ZoneTokenKeys = [tokens.PublicPem] });
        using var stream = controlPlane.OpenDelta();
        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Secrets, Node = TestNodes.Egress("ze-1", resource: "no: resource"), ResourceNamesSubscribe = { Identity } });

        var end = await stream.ReadToEndAsync();

        Assert.Equal("authentication failed: the token is empty", end.Detail);
    }

    [Fact]
    public async Task Ready_MeansThatEveryMeshHasItsIdentity()
    {
        var meshes = Enumerable.Range(0, 200).Select(static number => $"m{number}").ToList();
        var yaml = string.Concat(meshes.Select(static mesh =>
            SampleResources.Mesh(mesh) + $"type: ExternalService\nmesh: {mesh}\nname: e\ntags: {{kuma.io/service: e}}\nnetworking: {{address: '10.0.0.1:80'}}\n---\n"));
        await using var controlPlane = await RunningControlPlane.StartAsync(SampleResources.Egress("ze-1", "west") + yaml);
        using var stream = controlPlane.OpenDelta();
        var request = new DeltaDiscoveryRequest { TypeUrl = Secrets, Node = TestNodes.Egress("ze-1") };
        request.ResourceNamesSubscribe.AddRange(meshes.Select(static mesh => $"identity_cert:secret:{mesh}"));

        await stream.SendAsync(request);

        Assert.Equal(meshes.Count, (await stream.ReceiveAsync()).Resources.Count);
    }

    [Fact]
    public async Task Delta_AfterTwoThirdsOfItsLife_TheCertificateIsReplacedAlone()
    {
        var time = new ManualTimeProvider();
        await using var controlPlane = await RunningControlPlane.StartAsync(External, time: time);
        using var stream = controlPlane.OpenDelta();
        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Secrets, Node = TestNodes.Egress("ze-1"), ResourceNamesSubscribe = { Identity, Trust } });
        var first = await stream.ReceiveAsync();
        Assert.Equal(2, first.Resources.Count);
        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Secrets, ResponseNonce = first.Nonce });
        using var before = CertificateOf(SecretOf(first, Identity));
        await Eventually.TrueAsync(stream.HasAnswer, () => time.Advance(TimeSpan.FromMinutes(10)));
        var second = await stream.ReceiveAsync();

        using var after = CertificateOf(SecretOf(second, Identity));
        Assert.Single(second.Resources);
        Assert.NotEqual(before.Thumbprint, after.Thumbprint);
        Assert.NotEqual(VersionOf(first, Identity), VersionOf(second, Identity));
        Assert.True(after.NotBefore >= before.NotBefore.AddHours(16), $"{after.NotBefore:u}");
        AssertNoKeyIn(controlPlane, SecretOf(first, Identity));
        AssertNoKeyIn(controlPlane, SecretOf(second, Identity));
    }

    [Fact]
    public async Task Delta_CaFileWithASecondCertificate_TrustsBoth()
    {
        var time = new ManualTimeProvider();
        await using var controlPlane = await RunningControlPlane.StartAsync(External, time: time);
        using var stream = controlPlane.OpenDelta();
        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Secrets, Node = TestNodes.Egress("ze-1"), ResourceNamesSubscribe = { Trust } });
        var first = await stream.ReceiveAsync();
        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Secrets, ResponseNonce = first.Nonce });

        using var next = MeshCertificateAuthority.Create("m", time.GetUtcNow());
        var old = SecretOf(first, Trust).ValidationContext.TrustedCa.InlineBytes.ToStringUtf8();
        controlPlane.Folder.Write(".ca/m/ca.crt", $"{old}\n{next.Certificate.ExportCertificatePem()}\n");
        await Eventually.TrueAsync(stream.HasAnswer, () => time.Advance(TimeSpan.FromSeconds(61)));

        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(SecretOf(await stream.ReceiveAsync(), Trust).ValidationContext.TrustedCa.InlineBytes.ToStringUtf8());
        Assert.Equal(2, trusted.Count);
        Assert.Equal(next.Certificate.Thumbprint, trusted[1].Thumbprint);
    }

    [Fact]
    public async Task Delta_CaThatIsReplacedInSteps_IssuesAnewWhenItsKeyIsThere()
    {
        var time = new ManualTimeProvider();
        await using var controlPlane = await RunningControlPlane.StartAsync(External, time: time);
        using var stream = controlPlane.OpenDelta();
        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Secrets, Node = TestNodes.Egress("ze-1"), ResourceNamesSubscribe = { Identity } });
        var first = await stream.ReceiveAsync();
        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Secrets, ResponseNonce = first.Nonce });
        using var next = MeshCertificateAuthority.Create("m", time.GetUtcNow());

        controlPlane.Folder.Write(".ca/m/ca.crt", next.Certificate.ExportCertificatePem());
        var told = controlPlane.Log.WaitForAsync("CA of mesh m cannot be made or used");
        await Eventually.TrueAsync(() => told.IsCompleted, () => time.Advance(TimeSpan.FromSeconds(61)));
        Assert.False(stream.HasAnswer());
        controlPlane.Folder.Write(".ca/m/ca.key", PemFiles.ExportKey(next.Certificate));
        await Eventually.TrueAsync(stream.HasAnswer, () => time.Advance(TimeSpan.FromSeconds(61)));

        using var leaf = CertificateOf(SecretOf(await stream.ReceiveAsync(), Identity));
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, VerificationTime = leaf.NotBefore.AddMinutes(6) } };
        chain.ChainPolicy.CustomTrustStore.Add(next.Certificate);
        Assert.True(chain.Build(leaf));
    }

    [Fact]
    public async Task Listener_FileThatTurnsBad_KeepsItsChains()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync(External);
        controlPlane.Folder.Write("resources.yaml", External + "type: MeshTrafficPermission\nmesh: m\nname: p\nspec: {from: [{targetRef: {kind: Moon}, default: {action: Deny}}]}\n");
        await controlPlane.Log.WaitForAsync("resources.yaml is bad; its good documents are in force");
        using var stream = controlPlane.OpenSotw();
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Listeners, Node = TestNodes.Egress("ze-1") });

        var listener = (await stream.ReceiveAsync()).Resources.Single().Unpack<Envoy.Config.Listener.V3.Listener>();

        Assert.Equal(["e_m", "e_other"], listener.FilterChains.Select(static chain => chain.Name));
        Assert.Contains(controlPlane.Log.Lines, static line => line.Contains("targetRef.kind \"Moon\" is none of", StringComparison.Ordinal));
    }

    private static Secret SecretOf(DeltaDiscoveryResponse answer, string name) => answer.Resources.Single(resource => resource.Name == name).Resource_.Unpack<Secret>();

    private static string VersionOf(DeltaDiscoveryResponse answer, string name) => answer.Resources.Single(resource => resource.Name == name).Version;

    private static X509Certificate2 CertificateOf(Secret secret) => X509Certificate2.CreateFromPem(
        secret.TlsCertificate.CertificateChain.InlineBytes.ToStringUtf8(), secret.TlsCertificate.PrivateKey.InlineBytes.ToStringUtf8());

    private static bool Verifies(X509Certificate2 leaf, X509Certificate2 root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf);
    }

    private static void AssertNoKeyIn(RunningControlPlane controlPlane, Secret secret)
    {
        var body = secret.TlsCertificate.PrivateKey.InlineBytes.ToStringUtf8().Split('\n')[1];
        Assert.DoesNotContain(controlPlane.Log.Lines, line => line.Contains("PRIVATE", StringComparison.Ordinal) || line.Contains(body, StringComparison.Ordinal));
    }
}
