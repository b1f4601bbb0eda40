using Microsoft.Extensions.Logging.Abstractions;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.TestUtilities;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Tests.Resources;

/// <summary>A <see cref="ConfigurationStore"/> over a real data plane without sockets.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly DataPlaneUpdater _updater;

    public TestStore(bool terminates = true)
    {
        _updater = new DataPlaneUpdater(Routes, Binder, Time, NullLogger<DataPlaneUpdater>.Instance);
        Store = new ConfigurationStore(_updater, Secrets, new TerminationSupport(terminates), new ConfigurationStats(), Time, NullLogger<ConfigurationStore>.Instance);
    }

    public SecretStore Secrets { get; } = new();

    public RouteTable Routes { get; } = new();

    public FakeListenerBinder Binder { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public ConfigurationStore Store { get; }

    public ResourceTypeStats this[string typeUrl] => Store.Stats[typeUrl];

    public Task<IReadOnlyList<ResourceError>> ClustersAsync(params XdsResource[] updated) => ApplyAsync(TypeUrls.Cluster, updated);

    public Task<IReadOnlyList<ResourceError>> EndpointsAsync(params XdsResource[] updated) => ApplyAsync(TypeUrls.ClusterLoadAssignment, updated);

    public Task<IReadOnlyList<ResourceError>> ListenersAsync(params XdsResource[] updated) => ApplyAsync(TypeUrls.Listener, updated);

    public Task<IReadOnlyList<ResourceError>> RemoveAsync(string typeUrl, params string[] names) => ApplyAsync(typeUrl, [], names);

    public async Task<IReadOnlyList<ResourceError>> ApplyAsync(string typeUrl, XdsResource[] updated, params string[] removed) =>
        await Store.ApplyAsync(new ResourceChange(typeUrl, updated, removed), CancellationToken.None);

    /// <summary>The addresses of a cluster's endpoints; null when the cluster is not in force.</summary>
    public string[]? EndpointsOf(string cluster) => Cluster(cluster)?.Current?.Endpoints.Select(endpoint => endpoint.Address.ToString()!).ToArray();

    public ClusterState? Cluster(string name) => _updater.Clusters.FirstOrDefault(cluster => cluster.Name == name);

    public FilterChain[] ChainsOf(string listener) => [.. Routes.Current.Listeners[listener].FilterChains];

    public void Dispose()
    {
        Store.Dispose();
        _updater.Dispose();
    }
}
