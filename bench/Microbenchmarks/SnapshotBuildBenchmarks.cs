using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;

namespace Zoneway.Microbenchmarks;

/// <summary>Applying updates to a data plane of 10,000 routes.</summary>
public class SnapshotBuildBenchmarks
{
    private const int Routes = 10_000;

    private readonly DataPlaneUpdate _everything = SampleRoutes.Update(Routes);
    private readonly DataPlaneUpdate _listener = new() { Listeners = [SampleRoutes.Listener(Routes)] };
    private readonly LoadAssignment _endpoints = SampleRoutes.Assignment("default:service-1", endpoints: 3);
    private DataPlaneUpdater _updater = NewUpdater();

    [GlobalSetup]
    public void Setup()
    {
        _updater = NewUpdater();
        Apply(_updater, _everything);
    }

    [GlobalCleanup]
    public void Cleanup() => _updater.Dispose();

    /// <summary>10,000 clusters, their endpoints and the listener that names them, from nothing.</summary>
    [Benchmark]
    public void Everything()
    {
        using var updater = NewUpdater();
        Apply(updater, _everything);
    }

    /// <summary>Only the listener with its 10,000 chains: one route came or went.</summary>
    [Benchmark]
    public void Listener() => Apply(_updater, _listener);

    /// <summary>Only the endpoints of one cluster.</summary>
    [Benchmark]
    public void Endpoints() => Apply(_updater, new() { Assignments = [_endpoints with { }] });

    private static DataPlaneUpdater NewUpdater() => new(new RouteTable(), new NoBinder(), TimeProvider.System, NullLogger<DataPlaneUpdater>.Instance);

    private static void Apply(DataPlaneUpdater updater, DataPlaneUpdate update)
    {
        // Nothing in it waits, so it is complete when it returns.
        var applying = updater.ApplyAsync(update);
        if (!applying.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The update was not applied at once");
        }
    }

    private sealed class NoBinder : IListenerBinder
    {
        public ValueTask<string?> BindAsync(string listener, IPEndPoint address, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

        public ValueTask UnbindAsync(string listener, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
