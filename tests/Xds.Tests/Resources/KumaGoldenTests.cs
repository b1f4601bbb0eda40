using System.Net;
using System.Text;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination;
using Zoneway.TestUtilities;
using Zoneway.Xds.Admin;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Tests.Resources;

/// <summary>What Kuma's own tests expect its control plane to send, against values read from those files by eye.</summary>
public sealed class KumaGoldenTests : IDisposable
{
    private const string Ingress = "kuma/v2.14.3/zone-ingress-xds/";
    private const string Egress = "kuma/v2.14.3/zone-egress-xds/";

    private readonly TestStore _store = new();

    [FixtureFact("kuma")]
    public async Task Ingress_EveryFile_IsAppliedInFull()
    {
        var files = FilesOf("zone-ingress-xds");
        Assert.True(files.Count > 10);
        foreach (var file in files)
        {
            using var store = new TestStore();

            Assert.Empty(await ApplyAsync(store, file));

            Assert.All(store.Routes.Current.Listeners.Values.SelectMany(listener => listener.FilterChains), chain => Assert.IsNotType<QuarantinedConfig>(chain.Action));
            Assert.All(store.Routes.Current.Listeners.Values.SelectMany(listener => listener.FilterChains).SelectMany(chain => chain.Targets), target => Assert.True(target.Cluster.IsWarm));
            await store.Store.FirstConfiguration.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    [FixtureFact("kuma")]
    public async Task Egress_EveryFile_PassesThroughWhatItCanAndEndsTheRest()
    {
        var files = FilesOf("zone-egress-xds");
        Assert.True(files.Count > 10);
        foreach (var file in files)
        {
            using var store = new TestStore();
            var errors = await ApplyAsync(store, file);

            Assert.Empty(errors);
            foreach (var chain in store.Routes.Current.Listeners.Values.SelectMany(listener => listener.FilterChains))
            {
                // Chains of external services have names, those that pass through have none.
                Assert.Equal(chain.Config.Match.ServerNames[0] == chain.Name ? typeof(TcpProxyConfig) : typeof(TerminatedChainConfig), chain.Action.GetType());
            }
        }
    }

    [FixtureFact(Ingress + "01.envoy.golden.yaml")]
    public async Task Ingress01_OneService_HasOneChain()
    {
        await ApplyAsync(_store, Fixtures.Path(Ingress + "01.envoy.golden.yaml"));

        Assert.Equal(IPEndPoint.Parse("10.0.0.1:10001"), _store.Binder.Bound["inbound:10.0.0.1:10001"]);
        var chain = Assert.Single(_store.ChainsOf("inbound:10.0.0.1:10001"));
        Assert.Equal(("backend{mesh=mesh1}", TransportProtocol.Tls), (Assert.Single(chain.Config.Match.ServerNames), chain.Config.Match.TransportProtocol));
        var proxy = Assert.IsType<TcpProxyConfig>(chain.Action);
        Assert.Equal(("mesh1_backend", TimeSpan.FromHours(1), 0u), (proxy.StatPrefix, proxy.IdleTimeout, proxy.MaxConnectAttempts));
        Assert.Equal(new ClusterConfig { Name = "mesh1:backend" }, _store.Cluster("mesh1:backend")!.Config);
        Assert.Equal(["192.168.0.1:2521", "192.168.0.2:2521"], _store.EndpointsOf("mesh1:backend")!);
    }

    [FixtureFact(Ingress + "02.envoy.golden.yaml")]
    public async Task Ingress02_NothingToServe_AnswersDirectly()
    {
        await ApplyAsync(_store, Fixtures.Path(Ingress + "02.envoy.golden.yaml"));

        var chain = Assert.Single(_store.ChainsOf("inbound:10.0.0.1:10001"));
        Assert.Same(chain, _store.Routes.Current.Listeners["inbound:10.0.0.1:10001"].Unconditional);
        Assert.Equal("""{"proxy":"default.ingress","zone":"zone-main"}""", Encoding.UTF8.GetString(Assert.IsType<DirectResponseConfig>(chain.Action).Body.Span));
    }

    [FixtureFact(Ingress + "03.envoy.golden.yaml")]
    public async Task Ingress03_Subsets_SelectByMetadata()
    {
        await ApplyAsync(_store, Fixtures.Path(Ingress + "03.envoy.golden.yaml"));

        Assert.Equal(
            [("backend{mesh=mesh1,region=eu}", "region=eu"), ("backend{mesh=mesh1,version=v2}", "version=v2"), ("backend{mesh=mesh1}", "")],
            _store.ChainsOf("inbound:10.0.0.1:10001").Select(chain => (chain.Name, Assert.Single(chain.Targets).MetadataMatch.ToString())).Order());
        var cluster = _store.Cluster("mesh1:backend")!;
        Assert.Equal(SubsetFallback.AnyEndpoint, cluster.Config!.Subsets!.Fallback);
        Assert.Equal(
            [("region", SubsetFallback.NoFallback), ("version", SubsetFallback.NoFallback)],
            cluster.Config.Subsets.Selectors.Select(selector => (Assert.Single(selector.Keys), selector.Fallback)));
        EndpointMetadata v2 = new([new("version", MetadataValue.Of("v2"))]);
        Assert.Equal("192.168.0.2:2521", Assert.Single(cluster.Current!.Select(v2)!.Endpoints).ToString());
        Assert.Null(cluster.Current.Select(new([new("version", MetadataValue.Of("v3"))])));
        Assert.Equal(2, cluster.Current.Select(EndpointMetadata.Empty)!.Endpoints.Length);
    }

    [FixtureFact(Ingress + "mesh-service.envoy.golden.yaml")]
    public async Task IngressMeshService_EmptyAssignments_AreWarm()
    {
        await ApplyAsync(_store, Fixtures.Path(Ingress + "mesh-service.envoy.golden.yaml"));

        Assert.Equal(
            [("a601e0c00295a9fbe.backend.80.default.ms", "default_backend__east_msvc_80"), ("aec60634adf0f45d6.backend2.80.default.ms", "default_backend___msvc_80")],
            _store.ChainsOf("inbound:10.0.0.1:10001").Select(chain => (chain.Name, Assert.Single(chain.Targets).Cluster.Name)).Order());
        Assert.Empty(_store.EndpointsOf("default_backend___msvc_80")!);
    }

    [FixtureFact(Egress + "02.internalservice-only.golden.yaml")]
    public async Task Egress02_RemoteService_WeighsItsInstances()
    {
        Assert.Empty(await ApplyAsync(_store, Fixtures.Path(Egress + "02.internalservice-only.golden.yaml")));

        var chain = Assert.Single(_store.ChainsOf("inbound:192.168.0.1:10002"));
        Assert.Equal("service-in-zone-2{mesh=mesh-1}", Assert.Single(chain.Config.Match.ServerNames));
        var endpoint = Assert.Single(_store.Cluster("mesh-1:service-in-zone-2")!.Current!.Endpoints).Config;
        Assert.Equal(("10.0.0.254:10001", 3u, "kuma.io/protocol=http,mesh=mesh-1"), (endpoint.Address.ToString(), endpoint.Weight, endpoint.Metadata.ToString()));
    }

    [FixtureFact(Egress + "03.mixed-services.golden.yaml")]
    public async Task Egress03_MixedServices_EndsTlsOfExternalServices()
    {
        var errors = await ApplyAsync(_store, Fixtures.Path(Egress + "03.mixed-services.golden.yaml"));

        Assert.Empty(errors);
        var chains = _store.ChainsOf("inbound:192.168.0.1:10002");
        Assert.Equal(2, chains.Count(chain => chain.Action is TcpProxyConfig));
        Assert.Equal(2, chains.Count(chain => chain.Action is TerminatedChainConfig { Tls.RequiresClientCertificate: true, AccessControl.Length: > 0 } or TerminatedChainConfig { Http: not null }));
        Assert.Equal(["identity_cert:secret:mesh-1", "mesh_ca:secret:mesh-1"], _store.Store.Referenced(TypeUrls.Secret).Order());
    }

    [FixtureFact("kuma/v2.14.3/admin/10.zone-ingress.envoy-config.golden.yaml")]
    public async Task Admin_Listener_ServesReadinessAndRefusesTlsWithACertificateThatCannotBeUsed()
    {
        var errors = await ApplyAsync(_store, Fixtures.Path("kuma/v2.14.3/admin/10.zone-ingress.envoy-config.golden.yaml"));

        Assert.Empty(errors);
        var chains = _store.ChainsOf("kuma:envoy:admin");
        Assert.Equal(["/ready", "/stats/prometheus"], [.. Assert.IsType<AdminChainConfig>(chains[0].Action).Prefixes]);
        // The golden file's certificate is a stand-in, with which no handshake succeeds.
        var tls = new ServerTls(Assert.IsType<TerminatedChainConfig>(chains[1].Action).Tls!, _store.Secrets, TimeProvider.System);
        Assert.False(tls.IsReady(out _));
        Assert.Single(_store.Store.Received(TypeUrls.Listener));
    }

    public void Dispose() => _store.Dispose();

    private static List<string> FilesOf(string directory) =>
        [.. Directory.GetDirectories(Fixtures.Path("kuma")).Select(version => Path.Combine(version, directory)).Where(Directory.Exists)
            .SelectMany(path => Directory.GetFiles(path, "*.yaml")).Order()];

    private static async Task<List<ResourceError>> ApplyAsync(TestStore store, string file)
    {
        var content = EnvoyResourceFile.Parse(await File.ReadAllTextAsync(file));
        Assert.Empty(content.Problems);
        var errors = new List<ResourceError>();
        foreach (var typeUrl in (string[])[TypeUrls.Cluster, TypeUrls.ClusterLoadAssignment, TypeUrls.Listener, TypeUrls.Secret])
        {
            errors.AddRange(await store.ApplyAsync(typeUrl, [.. content.Resources.Where(resource => resource.Body.TypeUrl == typeUrl)]));
        }

        // Nobody resolves names here, so a listener whose clusters have some is served when it has waited long enough.
        store.Time.Advance(DataPlaneUpdater.WarmingTimeout);
        return errors;
    }
}
