using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Resources;

/// <summary>
/// Keeps the resources received, translates those that changed, and puts what is good of them in force. What is not stays as it
/// was at its last good version, for ever if need be.
/// </summary>
/// <remarks>The cost of a change depends on what it names, not on what is there. One caller at a time, as <see cref="IResourceSink"/> says.</remarks>
internal sealed partial class ConfigurationStore : IResourceSink, IDisposable
{
    private readonly DataPlaneUpdater _dataPlane;
    private readonly ILogger<ConfigurationStore> _logger;
    private readonly ResourceSet<ClusterConfig> _clusters;
    private readonly ResourceSet<LoadAssignment> _assignments;
    private readonly ResourceSet<ListenerConfig> _listeners;
    private readonly ResourceSet<LoadedSecret> _secrets;
    private readonly SecretStore _secretStore;
    private readonly bool _terminates;
    private readonly ReferenceCounter _assignmentNames = new();
    private readonly ReferenceCounter _secretNames = new();
    private readonly RejectedContents _rejected = new();
    private readonly ListenerProblems _listenerProblems = new();
    private readonly FirstConfigurationGate _first;
    private readonly HeapTrimmer _heap;

    /// <summary>Creates a store that is the only one to drive a data plane.</summary>
    public ConfigurationStore(DataPlaneUpdater dataPlane, SecretStore secrets, TerminationSupport termination, ConfigurationStats stats, TimeProvider time, ILogger<ConfigurationStore> logger)
    {
        _dataPlane = dataPlane;
        _secretStore = secrets;
        _terminates = termination.IsAvailable;
        _logger = logger;
        Stats = stats;
        _clusters = new(resource => ClusterTranslator.Translate(resource, explains: false), stats[TypeUrls.Cluster]);
        _assignments = new(resource => EndpointTranslator.Translate(resource, explains: false), stats[TypeUrls.ClusterLoadAssignment]);
        _listeners = new(resource => ListenerTranslator.Translate(resource, explains: false, termination.IsAvailable), stats[TypeUrls.Listener]);
        _secrets = new(SecretTranslator.Translate, stats[TypeUrls.Secret]);
        _first = new(time, DataPlaneUpdater.WarmingTimeout);
        _heap = new(time);
    }

    /// <summary>
    /// Completes when clusters and listeners were received once, and with them the assignments and secrets that they ask for or, failing those, after
    /// <see cref="DataPlaneUpdater.WarmingTimeout"/>. A program is ready from then on.
    /// </summary>
    public Task FirstConfiguration => _first.Opened;

    /// <summary>What is counted.</summary>
    public ConfigurationStats Stats { get; }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ResourceError>> ApplyAsync(ResourceChange change, CancellationToken cancellationToken)
    {
        // Later a cancellation would leave the data plane behind what is noted here.
        cancellationToken.ThrowIfCancellationRequested();
        _heap.Changed(change.Updated.Sum(resource => (long)resource.Value.Length));
        switch (change.TypeUrl)
        {
            case TypeUrls.Cluster:
                return await ApplyClustersAsync(change);
            case TypeUrls.ClusterLoadAssignment:
                return await ApplyAssignmentsAsync(change);
            case TypeUrls.Listener:
                return await ApplyListenersAsync(change);
            case TypeUrls.Secret:
                return ApplySecrets(change);
            default:
                return Judge([new(change.TypeUrl, "", "the resource type is not known", Digest.Of(change.TypeUrl))]);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<XdsResource> Received(string typeUrl) => typeUrl switch
    {
        TypeUrls.Cluster => _clusters.Received,
        TypeUrls.ClusterLoadAssignment => _assignments.Received,
        TypeUrls.Listener => _listeners.Received,
        TypeUrls.Secret => _secrets.Received,
        _ => [],
    };

    /// <inheritdoc/>
    public IReadOnlySet<string> Referenced(string typeUrl) => typeUrl switch
    {
        TypeUrls.ClusterLoadAssignment => _assignmentNames.Names,
        TypeUrls.Secret => _secretNames.Names,
        _ => ImmutableHashSet<string>.Empty,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _heap.Dispose();
    }

    private async ValueTask<IReadOnlyList<ResourceError>> ApplyClustersAsync(ResourceChange change)
    {
        var result = _clusters.Apply(change);
        var update = new DataPlaneUpdate
        {
            Clusters = [.. result.Changed],
            RemovedClusters = [.. result.Removed],
            RemovedAssignments = DropUnreferenced(result),
        };
        if (update is not { Clusters.IsEmpty: true, RemovedClusters.IsEmpty: true, RemovedAssignments.IsEmpty: true })
        {
            _listenerProblems.Add(await _dataPlane.ApplyAsync(update, CancellationToken.None));
        }

        _first.ClustersReceived(Missing());
        return Conclude(change, result, LogLevel.Information);
    }

    private async ValueTask<IReadOnlyList<ResourceError>> ApplyAssignmentsAsync(ResourceChange change)
    {
        var result = _assignments.Apply(change);
        if (result.Changed.Count > 0 || result.Removed.Count > 0)
        {
            var update = new DataPlaneUpdate { Assignments = [.. result.Changed], RemovedAssignments = [.. result.Removed] };
            _listenerProblems.Add(await _dataPlane.ApplyAsync(update, CancellationToken.None));
        }

        _first.Received(change.Updated);
        // Endpoints change many times a second where much is going on.
        return Conclude(change, result, LogLevel.Debug);
    }

    private async ValueTask<IReadOnlyList<ResourceError>> ApplyListenersAsync(ResourceChange change)
    {
        var result = _listeners.Apply(change);
        // A listener that could not be put in force, perhaps as its port was taken, gets another chance when it is sent again.
        var retried = change.Updated.Select(resource => resource.Name).Where(_listenerProblems.Contains).Select(_listeners.InForce).OfType<ListenerConfig>();
        var update = new DataPlaneUpdate { Listeners = [.. result.Changed.Union(retried)], RemovedListeners = [.. result.Removed] };
        DropUnreferenced(result);
        if (!update.Listeners.IsEmpty || !update.RemovedListeners.IsEmpty)
        {
            _listenerProblems.Forget(update.Listeners.Select(listener => listener.Name).Concat(update.RemovedListeners));
            _listenerProblems.Add(await _dataPlane.ApplyAsync(update, CancellationToken.None));
        }

        _first.ListenersReceived(Missing());
        return Conclude(change, result, LogLevel.Information, _listenerProblems.All);
    }

    private List<ResourceError> ApplySecrets(ResourceChange change)
    {
        var result = _secrets.Apply(change);
        foreach (var secret in result.Changed)
        {
            if (!_secretStore.Set(secret) || !secret.IsUsable)
            {
                Log.UnusableSecret(_logger, secret.Name, secret.Problem);
            }
        }

        foreach (var name in result.Removed)
        {
            _secretStore.Remove(name);
        }

        _first.Received(change.Updated);
        return Conclude(change, result, LogLevel.Information);
    }

    // Without its secrets a chain refuses everyone, so traffic had better not come yet.
    private IEnumerable<string> Missing() =>
        _assignmentNames.Names.Where(name => !_assignments.Contains(name)).Concat(_terminates ? _secretNames.Names.Where(name => !_secrets.Contains(name)) : []);

    // Assignments and secrets are never listed as removed; they vanish with what refers to them (protocol §3.3).
    private ImmutableArray<string> DropUnreferenced<T>(ResourceSetChange<T> result)
        where T : class
    {
        foreach (var name in _secretNames.Apply(result.Secrets.Added, result.Secrets.Removed))
        {
            _secrets.Drop(name);
            _secretStore.Remove(name);
        }

        return [.. _assignmentNames.Apply(result.Assignments.Added, result.Assignments.Removed).Where(_assignments.Drop)];
    }

    private List<ResourceError> Conclude<T>(ResourceChange change, ResourceSetChange<T> result, LogLevel level, IEnumerable<ResourceProblem>? others = null)
        where T : class
    {
        foreach (var field in result.Ignored)
        {
            Log.Ignored(_logger, field.Resource, field.Field, field.Why);
        }

        var errors = Judge([.. result.Problems, .. others ?? []]);
        Stats[change.TypeUrl].CountUpdate(accepted: !errors.Exists(error => error.IsNew));
        if (result.UpdatedCount > 0 || result.RemovedCount > 0)
        {
            Log.Applied(_logger, level, change.TypeUrl, result.UpdatedCount, result.RemovedCount, result.UnchangedCount);
        }

        return errors;
    }

    private List<ResourceError> Judge(IReadOnlyCollection<ResourceProblem> problems)
    {
        var errors = _rejected.Judge(problems);
        foreach (var error in errors)
        {
            Log.Rejected(_logger, error.IsNew ? LogLevel.Warning : LogLevel.Debug, error);
        }

        return errors;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 300, Message = "{TypeUrl}: {Updated} new or changed, {Removed} removed, {Unchanged} as before.")]
        public static partial void Applied(ILogger logger, LogLevel level, string typeUrl, int updated, int removed, int unchanged);

        [LoggerMessage(EventId = 301, Message = "Not in force: {Error}")]
        public static partial void Rejected(ILogger logger, LogLevel level, ResourceError error);

        [LoggerMessage(303, LogLevel.Warning, "The secret {Secret} cannot be used: {Problem} Who needs it goes on with the one before it, or is refused where there is none.")]
        public static partial void UnusableSecret(ILogger logger, string secret, string problem);

        [LoggerMessage(302, LogLevel.Debug, "Without effect: {Resource}: {Field}: {Why}")]
        public static partial void Ignored(ILogger logger, string resource, string field, string why);
    }
}
