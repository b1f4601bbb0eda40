using System.Net;
using Zoneway.SniRouter.Clusters;
using static Zoneway.SniRouter.Tests.Clusters.TestEndpoints;

namespace Zoneway.SniRouter.Tests.Clusters;

public sealed class ClusterStateTests
{
    [Fact]
    public void Update_ConfigAlone_IsNotWarm()
    {
        var cluster = new ClusterState("c");

        cluster.Update(new ClusterConfig { Name = "c" });

        Assert.False(cluster.IsWarm);
        Assert.NotNull(cluster.Config);
    }

    [Fact]
    public void Update_EmptyAssignment_IsWarmWithoutEndpoints()
    {
        var cluster = new ClusterState("c");
        cluster.Update(new ClusterConfig { Name = "c" });

        cluster.Update(Assignment());

        Assert.True(cluster.IsWarm);
        Assert.Empty(cluster.Current!.Endpoints);
    }

    [Fact]
    public void Update_Assignment_KeepsTheStateOfAddressesThatStay()
    {
        var cluster = new ClusterState("c");
        cluster.Update(new ClusterConfig { Name = "c" });
        cluster.Update(Assignment(Level(0, Endpoint(1), Endpoint(2))));
        var before = cluster.Current!.Endpoints;
        before[0].State.Connected();

        cluster.Update(Assignment(Level(0, Endpoint(3)), Level(1, Endpoint(1, weight: 9, tags: ("version", "v2")))));
        var after = cluster.Current!.Endpoints;

        Assert.Equal([3, 1], after.Select(endpoint => endpoint.Port()));
        Assert.Same(before[0].State, after[1].State);
        Assert.Equal(1, after[1].State.ActiveConnections);
        Assert.NotSame(before[1].State, after[0].State);
    }

    [Fact]
    public void Update_OneAddressTwice_IsOneState()
    {
        var cluster = new ClusterState("c");
        cluster.Update(new ClusterConfig { Name = "c" });

        cluster.Update(Assignment(Level(0, Endpoint(1, tags: ("version", "v1")), Endpoint(1, tags: ("version", "v2")))));

        Assert.Same(cluster.Current!.Endpoints[0].State, cluster.Current.Endpoints[1].State);
    }

    [Fact]
    public void Update_Config_KeepsEndpointsAndTheirState()
    {
        var cluster = new ClusterState("c");
        cluster.Update(new ClusterConfig { Name = "c" });
        cluster.Update(Assignment(Level(0, Endpoint(1))));
        var before = cluster.Current!.Endpoints[0];

        cluster.Update(new ClusterConfig { Name = "c", ConnectTimeout = TimeSpan.FromSeconds(1) });

        Assert.Same(before.State, cluster.Current!.Endpoints[0].State);
        Assert.Equal(TimeSpan.FromSeconds(1), cluster.Current.Config.ConnectTimeout);
    }

    [Fact]
    public void Update_SnapshotInUse_DoesNotChange()
    {
        var cluster = new ClusterState("c");
        cluster.Update(new ClusterConfig { Name = "c" });
        cluster.Update(Assignment(Level(0, Endpoint(1))));
        var inUse = cluster.Current!;

        cluster.Update(Assignment());

        Assert.Equal(1, inUse.Select(EndpointMetadata.Empty)!.Pick([]).Port());
    }

    [Fact]
    public void Update_InlineAssignment_IsTheOnlySource()
    {
        var cluster = new ClusterState("c");

        cluster.Update(new ClusterConfig { Name = "c", Discovery = ClusterDiscovery.Static, InlineAssignment = Assignment(Level(0, Endpoint(1))) });

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 1), Assert.Single(cluster.Current!.Endpoints).Address);
    }

    [Fact]
    public async Task Current_ReadWhileUpdated_IsAlwaysWhole()
    {
        var cluster = new ClusterState("c");
        cluster.Update(new ClusterConfig { Name = "c" });
        cluster.Update(Assignment(Level(0, Endpoint(1))));
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            long picks = 0;
            while (!stop.IsCancellationRequested || picks == 0)
            {
                var snapshot = cluster.Current!;
                var endpoint = snapshot.Select(EndpointMetadata.Empty)!.Pick([]);
                Assert.Contains(endpoint, snapshot.Endpoints);
                picks++;
            }
        });

        for (int i = 0; i < 2000; i++)
        {
            cluster.Update(Assignment(Level(0, [.. Enumerable.Range(1, 1 + (i % 5)).Select(port => Endpoint(port))])));
        }

        await stop.CancelAsync();
        await reading;
    }
}
