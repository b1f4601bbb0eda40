using System.Diagnostics.Metrics;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Telemetry;

/// <summary>The gauges of the clusters' circuit breakers, by Envoy's names (<c>cluster.NAME.circuit_breakers.default.…</c>).</summary>
internal static class CircuitBreakerInstruments
{
    private const string Prefix = "circuit_breakers.default.";

    public static void Create(Meter meter, DataPlaneUpdater updater)
    {
        Open("cx_open", "Whether no further connection is allowed.", static (limits, use) => use.Connections >= limits.MaxConnections);
        Open("rq_pending_open", "Whether no further connection may be opened meanwhile.", static (limits, use) => use.Pending >= limits.MaxPendingRequests);
        Open("rq_open", "Whether no further request is forwarded meanwhile.", static (limits, use) => use.Requests >= limits.MaxRequests);
        Open("rq_retry_open", "Whether no further connection or request may try another endpoint meanwhile.", static (limits, use) => use.Retries >= limits.MaxRetries);
        Remaining("remaining_cx", "Connections still allowed, where the cluster tracks it.", static (limits, use) => (limits.MaxConnections, use.Connections));
        Remaining("remaining_pending", "Connections that may still be opened at a time, where the cluster tracks it.", static (limits, use) => (limits.MaxPendingRequests, use.Pending));
        Remaining("remaining_rq", "Requests that may still be forwarded at a time, where the cluster tracks it.", static (limits, use) => (limits.MaxRequests, use.Requests));
        Remaining("remaining_retries", "Connections and requests that may still try another endpoint, where the cluster tracks it.", static (limits, use) => (limits.MaxRetries, use.Retries));

        void Open(string name, string description, Func<CircuitBreakerConfig, CircuitBreaker, bool> isOpen) =>
            meter.CreateObservableGauge(Prefix + name, () => PerCluster(updater, (limits, use) => isOpen(limits, use) ? 1 : 0), "1", description);

        void Remaining(string name, string description, Func<CircuitBreakerConfig, CircuitBreaker, (uint Limit, uint Used)> read) =>
            meter.CreateObservableGauge(Prefix + name, () => PerCluster(updater, (limits, use) => limits.TrackRemaining ? Left(read(limits, use)) : 0), "{connection}", description);
    }

    // More may be in use than a limit that has shrunk.
    private static long Left((uint Limit, uint Used) budget) => Math.Max(0, (long)budget.Limit - budget.Used);

    private static IEnumerable<Measurement<long>> PerCluster(DataPlaneUpdater updater, Func<CircuitBreakerConfig, CircuitBreaker, long> read) =>
        updater.Clusters.Select(cluster => new Measurement<long>(
            read(cluster.Config?.CircuitBreakers ?? CircuitBreakerConfig.Default, cluster.CircuitBreaker), new KeyValuePair<string, object?>("cluster", cluster.Name)));
}
