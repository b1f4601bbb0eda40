using System.Net;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.SniRouter.Tests.Clusters;

/// <summary>Endpoints that differ by their port, which stands for their name.</summary>
internal static class TestEndpoints
{
    public static readonly Locality East = new("", "east", "");
    public static readonly Locality West = new("", "west", "");

    public static EndpointConfig Endpoint(int port, uint weight = 1, EndpointHealth health = EndpointHealth.Healthy, params (string Key, string Value)[] tags) => new()
    {
        Address = new IPEndPoint(IPAddress.Loopback, port),
        Weight = weight,
        Health = health,
        Metadata = Metadata(tags),
    };

    public static EndpointMetadata Metadata(params (string Key, string Value)[] tags) =>
        new(tags.Select(tag => KeyValuePair.Create(tag.Key, MetadataValue.Of(tag.Value))));

    public static LocalityEndpoints Level(uint priority, params EndpointConfig[] endpoints) => new() { Priority = priority, Endpoints = [.. endpoints] };

    /// <summary>A level of which so many endpoints are healthy, degraded, and neither. Ports follow the priority: 100, 101, … for level 1.</summary>
    public static LocalityEndpoints Level(uint priority, int healthy, int degraded, int unhealthy) => new()
    {
        Priority = priority,
        Endpoints =
        [
            .. Enumerable.Repeat(EndpointHealth.Healthy, healthy)
                .Concat(Enumerable.Repeat(EndpointHealth.Degraded, degraded))
                .Concat(Enumerable.Repeat(EndpointHealth.Unhealthy, unhealthy))
                .Select((health, i) => Endpoint(((int)priority * 1000) + i, health: health)),
        ],
    };

    public static LoadAssignment Assignment(params LocalityEndpoints[] levels) => new() { ClusterName = "c", Localities = [.. levels] };

    /// <summary>The snapshot of a cluster with these endpoints.</summary>
    public static ClusterSnapshot Snapshot(LoadAssignment assignment, ClusterConfig? config = null)
    {
        var state = new ClusterState("c");
        state.Update(config ?? new ClusterConfig { Name = "c" });
        state.Update(assignment);
        return state.Current!;
    }

    public static EndpointSet? AllOf(LoadAssignment assignment, ClusterConfig? config = null) => Snapshot(assignment, config).Select(EndpointMetadata.Empty);

    public static int Port(this UpstreamEndpoint? endpoint) => endpoint is null ? 0 : ((IPEndPoint)endpoint.Address).Port;

    public static int[] Ports(this EndpointSet? set) => set is null ? [] : [.. set.Endpoints.Select(endpoint => endpoint.Port())];

    /// <summary>How often each port comes in so many picks.</summary>
    public static SortedDictionary<int, int> PickMany(EndpointSet set, int picks)
    {
        var counts = new SortedDictionary<int, int>();
        for (int i = 0; i < picks; i++)
        {
            int port = set.Pick([]).Port();
            counts[port] = counts.GetValueOrDefault(port) + 1;
        }

        return counts;
    }
}
