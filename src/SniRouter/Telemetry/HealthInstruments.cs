using System.Diagnostics.Metrics;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Health;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Telemetry;

/// <summary>The instruments of health checks and outlier detection, by Envoy's names. Only clusters that have had any are in them, but for <c>membership_healthy</c>.</summary>
internal static class HealthInstruments
{
    public static void Create(Meter meter, DataPlaneUpdater updater)
    {
        meter.CreateObservableUpDownCounter(
            "membership_healthy", () => updater.Clusters.Where(static cluster => cluster.Current is { Endpoints.Length: > 0 }).Select(static cluster => Of(cluster, Healthy(cluster))),
            "{endpoint}", "Healthy endpoints of the cluster, where it has any endpoints.");

        Count("health_check.attempt", "{check}", "Health checks done.", static stats => stats.Attempts);
        Count("health_check.success", "{check}", "Health checks passed.", static stats => stats.Successes);
        Count("health_check.failure", "{check}", "Health checks failed.", static stats => stats.Failures);
        Count("health_check.network_failure", "{check}", "Health checks failed for want of an answer.", static stats => stats.NetworkFailures);

        meter.CreateObservableUpDownCounter(
            "outlier_detection.ejections_active", () => Watched(updater, static health => health.ActiveEjections), "{endpoint}", "Endpoints that are ejected.");
        Count("outlier_detection.ejections_enforced_total", "{ejection}", "Ejections, for whatever cause.", static stats => stats.Ejections);
        Count("outlier_detection.ejections_overflow", "{ejection}", "Ejections left out because as many endpoints as may were out.", static stats => stats.EjectionOverflows);
        foreach (var cause in Enum.GetValues<EjectionCause>())
        {
            Count($"outlier_detection.ejections_detected_{cause.Tag()}", "{ejection}", "How often this cause was there, enforced or not.", stats => stats.Detected(cause));
            Count($"outlier_detection.ejections_enforced_{cause.Tag()}", "{ejection}", "Ejections for this cause.", stats => stats.Enforced(cause));
        }

        void Count(string name, string unit, string description, Func<HealthStats, long> read) =>
            meter.CreateObservableCounter(name, () => Watched(updater, health => read(health.Stats)), unit, description);
    }

    private static long Healthy(ClusterState cluster) => cluster.Current!.Endpoints.Count(static endpoint => endpoint.Health == EndpointHealth.Healthy);

    private static IEnumerable<Measurement<long>> Watched(DataPlaneUpdater updater, Func<ClusterHealth, long> read) =>
        updater.Clusters.Where(static cluster => cluster.Health is not null).Select(cluster => Of(cluster, read(cluster.Health!)));

    private static Measurement<long> Of(ClusterState cluster, long value) => new(value, new KeyValuePair<string, object?>("cluster", cluster.Name));
}
