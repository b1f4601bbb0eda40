using System.Collections.Concurrent;
using System.Collections.Immutable;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Dns;

namespace Zoneway.SniRouter.Routing;

/// <summary>
/// The clusters by name, and the assignments that arrived before their clusters. A cluster that is taken back stays as long as a filter chain
/// names it, so that routes may follow later and a cluster that comes back is the same one. One writer; readers on any thread.
/// </summary>
internal sealed class ClusterRegistry(Clusters.Health.HealthMonitoring? monitoring = null, ClusterResolver? resolver = null)
{
    private readonly ConcurrentDictionary<string, ClusterState> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LoadAssignment> _assignments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<string>> _clustersByAssignment = new(StringComparer.Ordinal);

    // Clusters that only a filter chain's name keeps here.
    private readonly HashSet<ClusterState> _unowned = [];
    private RouteSnapshot? _prunedFor;

    public IReadOnlyCollection<ClusterState> All => (IReadOnlyCollection<ClusterState>)_clusters.Values;

    public ClusterState? Find(string name) => _clusters.GetValueOrDefault(name);

    /// <summary>The cluster, known or not: a chain may name one that is still to come.</summary>
    public ClusterState GetOrAdd(string name)
    {
        if (!_clusters.TryGetValue(name, out var cluster))
        {
            _clusters[name] = cluster = new ClusterState(name, monitoring);
            _unowned.Add(cluster);
        }

        return cluster;
    }

    public void Update(DataPlaneUpdate update)
    {
        foreach (var assignment in update.Assignments)
        {
            _assignments[assignment.ClusterName] = assignment;
        }

        foreach (var config in update.Clusters)
        {
            Update(config);
        }

        foreach (var assignment in update.Assignments)
        {
            foreach (var name in _clustersByAssignment.GetValueOrDefault(assignment.ClusterName, []))
            {
                Find(name)?.Update(assignment);
            }
        }

        foreach (var name in update.RemovedAssignments)
        {
            _assignments.Remove(name);
        }

        foreach (var name in update.RemovedClusters)
        {
            if (Find(name) is { } cluster)
            {
                _unowned.Add(cluster);
                _prunedFor = null;
            }
        }
    }

    /// <summary>Drops the clusters that were taken back and that no filter chain names any more.</summary>
    public void Prune(RouteSnapshot routes)
    {
        // Endpoints change many times a second and name no cluster: only other routes, or a cluster taken back, can leave one unnamed.
        if (_unowned.Count == 0 || ReferenceEquals(routes, _prunedFor))
        {
            return;
        }

        _prunedFor = routes;

        var named = routes.Listeners.Values.SelectMany(listener => listener.FilterChains).SelectMany(chain => chain.Clusters)
            .Select(cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var cluster in _unowned.Where(cluster => !named.Contains(cluster.Name)).ToList())
        {
            Unlink(cluster);
            resolver?.Forget(cluster);
            _unowned.Remove(cluster);
            _clusters.TryRemove(cluster.Name, out _);
            cluster.Close();
        }
    }

    /// <summary>Ends what the clusters do by themselves.</summary>
    public void Close()
    {
        foreach (var cluster in _clusters.Values)
        {
            cluster.Close();
        }
    }

    private void Update(ClusterConfig config)
    {
        var cluster = GetOrAdd(config.Name);
        Unlink(cluster);
        _unowned.Remove(cluster);
        if (config.Discovery == ClusterDiscovery.Eds)
        {
            // Unlinked before, so it is not among them.
            _clustersByAssignment[config.AssignmentName] = _clustersByAssignment.GetValueOrDefault(config.AssignmentName, []).Add(config.Name);
        }

        cluster.Update(config);
        resolver?.Follow(cluster, config);
        if (config.Discovery == ClusterDiscovery.Eds && _assignments.TryGetValue(config.AssignmentName, out var assignment))
        {
            cluster.Update(assignment);
        }
    }

    private void Unlink(ClusterState cluster)
    {
        if (cluster.Config is { Discovery: ClusterDiscovery.Eds } previous && _clustersByAssignment.TryGetValue(previous.AssignmentName, out var names))
        {
            names = names.Remove(cluster.Name, StringComparer.Ordinal);
            if (names.IsEmpty)
            {
                _clustersByAssignment.Remove(previous.AssignmentName);
            }
            else
            {
                _clustersByAssignment[previous.AssignmentName] = names;
            }
        }
    }
}
