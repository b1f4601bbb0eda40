using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Zoneway.SniRouter.Clusters.Dns;
using Zoneway.SniRouter.Clusters.Health;

namespace Zoneway.SniRouter.Routing;

/// <summary>
/// The one way by which configuration reaches the data path. Applies an update make-before-break: clusters, endpoints, listeners, then what is to go.
/// </summary>
/// <remarks>
/// Updates are applied one after another. A changed listener whose new clusters have no endpoints yet keeps its previous
/// chains until they have, or until <see cref="WarmingTimeout"/> has passed. Established connections are never touched.
/// </remarks>
public sealed partial class DataPlaneUpdater : IDisposable
{
    /// <summary>Longest time a changed listener waits for the first endpoints of the clusters it names: 5 s.</summary>
    public static readonly TimeSpan WarmingTimeout = TimeSpan.FromSeconds(5);

    private readonly RouteTable _routes;
    private readonly IListenerBinder _binder;
    private readonly ILogger<DataPlaneUpdater> _logger;
    private readonly ClusterRegistry _clusters;
    private readonly WarmingListeners _warming;
    private readonly bool _aliases;
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Creates the updater of one route table. Without a resolver, clusters get no endpoints for names.</summary>
    public DataPlaneUpdater(
        RouteTable routes, IListenerBinder binder, TimeProvider time, ILogger<DataPlaneUpdater> logger, IOptions<SniRouterOptions>? options = null, HealthMonitoring? monitoring = null,
        ClusterResolver? resolver = null)
    {
        _clusters = new ClusterRegistry(monitoring, resolver);
        if (resolver is not null)
        {
            resolver.PublishAsync = cluster => ContinueAsync(cluster.Apply);
        }

        _aliases = options?.Value.SniAliases == true;
        _routes = routes;
        _binder = binder;
        _logger = logger;
        _warming = new WarmingListeners(time, WarmingTimeout, () => _ = ContinueAsync(static () => { }));
    }

    /// <summary>The clusters that the control plane has sent, or that a filter chain names. May be read on any thread.</summary>
    public IReadOnlyCollection<Clusters.ClusterState> Clusters => _clusters.All;

    /// <summary>Applies an update.</summary>
    /// <returns>What could not be applied; empty when all was.</returns>
    public async ValueTask<IReadOnlyList<DataPlaneProblem>> ApplyAsync(DataPlaneUpdate update, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var problems = new List<DataPlaneProblem>();
            _clusters.Update(update);
            _warming.Forget(update.RemovedListeners);
            foreach (var listener in update.Listeners)
            {
                _warming.Add(listener);
            }

            await ApplyListenersAsync(_warming.TakeReady(_clusters), update.RemovedListeners, problems, cancellationToken);
            return problems;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _warming.Dispose();
        _clusters.Close();
        _turn.Dispose();
    }

    /// <summary>Applies what comes from elsewhere than the control plane, and the listeners that have waited for it, or long enough.</summary>
    private async Task ContinueAsync(Action change)
    {
        try
        {
            await _turn.WaitAsync();
            try
            {
                change();
                await ApplyListenersAsync(_warming.TakeReady(_clusters), [], [], CancellationToken.None);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (ObjectDisposedException)
        {
            // The program is ending; nothing is left to update.
        }
    }

    private async ValueTask ApplyListenersAsync(
        List<ListenerConfig> changed, IReadOnlyCollection<string> removed, List<DataPlaneProblem> problems, CancellationToken cancellationToken)
    {
        if (changed.Count > 0 || removed.Count > 0)
        {
            _routes.Publish(Link(changed, removed, problems));
        }

        var refused = await BindAsync(changed, cancellationToken);
        foreach (var name in removed)
        {
            await _binder.UnbindAsync(name, cancellationToken);
        }

        if (refused.Count > 0 && removed.Count + changed.Count > 1)
        {
            // The address may have been that of a listener which has just gone or moved: renamed listeners look like this.
            refused = await BindAsync(refused.ConvertAll(pair => pair.Listener), cancellationToken);
        }

        problems.AddRange(refused.Select(pair => new DataPlaneProblem(pair.Listener.Name, pair.Reason)));
        foreach (var problem in problems)
        {
            Log.Problem(_logger, problem.Listener, problem.Reason);
        }

        _clusters.Prune(_routes.Current);
    }

    private async ValueTask<List<(ListenerConfig Listener, string Reason)>> BindAsync(List<ListenerConfig> listeners, CancellationToken cancellationToken)
    {
        var refused = new List<(ListenerConfig, string)>();
        foreach (var listener in listeners)
        {
            if (await _binder.BindAsync(listener.Name, listener.Address, cancellationToken) is { } reason)
            {
                refused.Add((listener, reason));
            }
        }

        return refused;
    }

    private RouteSnapshot Link(List<ListenerConfig> changed, IReadOnlyCollection<string> removed, List<DataPlaneProblem> problems)
    {
        var listeners = new Dictionary<string, ListenerSnapshot>(_routes.Current.Listeners, StringComparer.Ordinal);
        foreach (var name in removed)
        {
            listeners.Remove(name);
        }

        foreach (var config in changed)
        {
            var conflicts = new List<string>();
            listeners[config.Name] = new ListenerSnapshot(_aliases ? WithAliases(config) : config, _clusters.GetOrAdd, conflicts, listeners.GetValueOrDefault(config.Name));
            problems.AddRange(conflicts.Select(reason => new DataPlaneProblem(config.Name, reason)));
            Log.Updated(_logger, config.Name, config.FilterChains.Length);
        }

        return new RouteSnapshot(listeners);
    }

    private ListenerConfig WithAliases(ListenerConfig config)
    {
        var ambiguous = new List<string>();
        var result = SniAliases.Apply(config, ambiguous);
        if (ambiguous.Count > 0)
        {
            ambiguous.Sort(StringComparer.Ordinal);
            Log.AmbiguousAliases(_logger, config.Name, ambiguous.Count, string.Join(", ", ambiguous.Take(5)));
        }

        return result;
    }

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Information, "Listener {Listener} updated: {FilterChains} filter chains.")]
        public static partial void Updated(ILogger logger, string listener, int filterChains);

        [LoggerMessage(102, LogLevel.Information, "Listener {Listener}: {Count} SNI aliases would stand for more than one service and are left out, such as {Examples}.")]
        public static partial void AmbiguousAliases(ILogger logger, string listener, int count, string examples);

        [LoggerMessage(101, LogLevel.Warning, "Listener {Listener}: {Reason}")]
        public static partial void Problem(ILogger logger, string listener, string reason);
    }
}
