using BenchmarkDotNet.Attributes;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.Microbenchmarks;

/// <summary>Picking an endpoint of a cluster whose endpoints have different weights.</summary>
public class WeightedPickBenchmarks
{
    private EndpointSet _endpoints = null!;
    private UpstreamEndpoint?[] _tried = [];

    [Params(3, 100, 1_000)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var cluster = new ClusterState("c");
        cluster.Update(new ClusterConfig { Name = "c" });
        cluster.Update(SampleRoutes.Assignment("c", Endpoints));
        _endpoints = cluster.Current?.Select(EndpointMetadata.Empty) ?? throw new InvalidOperationException("There is no endpoint");
        _tried = [_endpoints.Endpoints[0]];
    }

    [Benchmark]
    public UpstreamEndpoint? Pick() => _endpoints.Pick([]);

    /// <summary>After one endpoint has refused.</summary>
    [Benchmark]
    public UpstreamEndpoint? PickAnother() => _endpoints.Pick(_tried);
}
