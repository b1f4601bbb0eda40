using System.Diagnostics.Metrics;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Listeners;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Telemetry;

/// <summary>
/// The data plane's instruments (meter <c>Zoneway.SniRouter</c>). All are observable: the data path counts into plain counters, which are summed when
/// someone reads. Server names are never tags, for they are in the hands of attackers; clusters are.
/// </summary>
public sealed class SniRouterMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Zoneway.SniRouter";

    private readonly DataPlaneUpdater _updater;
    private readonly ConnectionReporter _reporter;

    /// <summary>Creates the instruments; they live as long as the factory's meter.</summary>
    public SniRouterMetrics(IMeterFactory factory, ConnectionTracker tracker, ConnectionReporter reporter, AccessLogger accessLogger, DataPlaneUpdater updater, ListenerManager listeners, RouteTable routes)
    {
        _updater = updater;
        _reporter = reporter;
        var meter = factory.Create(MeterName);
        meter.CreateObservableCounter("downstream_cx_total", () => tracker.Total, "{connection}", "Connections accepted.");
        meter.CreateObservableUpDownCounter("downstream_cx_active", () => tracker.Active, "{connection}", "Connections open now.");
        meter.CreateObservableUpDownCounter("downstream_cx_sniffing", () => tracker.Sniffing, "{connection}", "Connections waiting for their ClientHello.");
        meter.CreateObservableGauge("downstream_cx_limit", () => tracker.MaxConnections, "{connection}", "Connections allowed at a time.");
        meter.CreateObservableCounter("downstream_cx_outcome", Outcomes, "{connection}", "Connections ended, by outcome and side.");
        meter.CreateObservableUpDownCounter("listener_active", () => listeners.Listeners.Values.Count(bound => bound is not null), "{listener}", "Listeners that accept.");
        meter.CreateObservableUpDownCounter("listener_unbound", () => listeners.Listeners.Values.Count(bound => bound is null), "{listener}", "Listeners whose address could not be bound.");
        meter.CreateObservableCounter("listener_create_failure", () => listeners.BindFailures, "{attempt}", "Bind attempts that failed.");
        meter.CreateObservableCounter("access_log.lines_written", () => accessLogger.Written, "{line}", "Lines of access logs written.");
        meter.CreateObservableCounter("access_log.lines_dropped", () => accessLogger.Dropped, "{line}", "Lines of access logs lost: a queue was full, or a destination did not take them.");
        meter.CreateObservableCounter("local_rate_limit.rate_limited", () => RateLimited(routes.Current), "{connection}", "Connections that a local rate limit of a filter chain has refused.");
        CreateClusterInstruments(meter);
        CircuitBreakerInstruments.Create(meter, updater);
        HealthInstruments.Create(meter, updater);
    }

    private void CreateClusterInstruments(Meter meter)
    {
        meter.CreateObservableCounter("upstream_cx_total", () => PerCluster(stats => stats.UpstreamConnections), "{connection}", "Connections opened to endpoints.");
        meter.CreateObservableUpDownCounter("upstream_cx_active", () => PerCluster(stats => stats.ActiveUpstreamConnections), "{connection}", "Connections open to endpoints now.");
        meter.CreateObservableCounter("upstream_cx_connect_fail", () => PerCluster(stats => stats.ConnectFailures), "{attempt}", "Connect attempts that failed, timeouts included.");
        meter.CreateObservableCounter("upstream_cx_connect_timeout", () => PerCluster(stats => stats.ConnectTimeouts), "{attempt}", "Connect attempts that took too long.");
        meter.CreateObservableCounter("upstream_cx_none_healthy", () => PerCluster(stats => stats.NoEndpoints), "{connection}", "Connections that found no endpoint to try.");
        meter.CreateObservableCounter("upstream_cx_overflow", () => PerCluster(stats => stats.Overflows), "{connection}", "Connections refused because the cluster had as many as it may.");
        meter.CreateObservableCounter("upstream_rq_pending_overflow", () => PerCluster(stats => stats.PendingOverflows), "{connection}", "Connections refused because as many as may were being opened.");
        meter.CreateObservableCounter("upstream_rq_retry_overflow", () => PerCluster(stats => stats.RetryOverflows), "{connection}", "Connections given up because as many as may were trying another endpoint.");
        meter.CreateObservableCounter("upstream_cx_tx_bytes_total", () => PerCluster(stats => stats.SentBytes), "By", "Bytes sent to endpoints, counted when a connection ends.");
        meter.CreateObservableCounter("upstream_cx_rx_bytes_total", () => PerCluster(stats => stats.ReceivedBytes), "By", "Bytes received from endpoints, counted when a connection ends.");
        meter.CreateObservableCounter("upstream_rq_total", () => PerCluster(stats => stats.Requests), "{request}", "HTTP requests sent to endpoints, further attempts included.");
        meter.CreateObservableCounter("upstream_rq_xx", Answers, "{request}", "HTTP answers of endpoints, by the first digit of their status.");
        meter.CreateObservableCounter("upstream_rq_timeout", () => PerCluster(stats => stats.RequestTimeouts), "{request}", "HTTP requests that got no answer in time.");
        meter.CreateObservableCounter("upstream_rq_retry", () => PerCluster(stats => stats.Retries), "{request}", "Further attempts of HTTP requests.");
        meter.CreateObservableCounter("upstream_rq_retry_success", () => PerCluster(stats => stats.RetrySuccesses), "{request}", "Further attempts that were answered.");
        meter.CreateObservableCounter("update_attempt", () => PerCluster(stats => stats.UpdateAttempts), "{lookup}", "Lookups of the cluster's names.");
        meter.CreateObservableCounter("update_success", () => PerCluster(stats => stats.UpdateSuccesses), "{lookup}", "Lookups that were answered, be it that there are no addresses.");
        meter.CreateObservableCounter("update_failure", () => PerCluster(stats => stats.UpdateFailures), "{lookup}", "Lookups without a usable answer; the last good one stays.");
        meter.CreateObservableCounter("update_empty", () => PerCluster(stats => stats.UpdatesEmpty), "{lookup}", "Answers that there are no addresses; the last good one stays.");
        meter.CreateObservableUpDownCounter(
            "membership_total", () => _updater.Clusters.Select(cluster => new Measurement<long>(cluster.Current?.Endpoints.Length ?? 0, ClusterTag(cluster))), "{endpoint}", "Endpoints of the cluster.");
    }

    private IEnumerable<Measurement<long>> Answers() =>
        from cluster in _updater.Clusters
        from digit in Enumerable.Range(1, 5)
        where cluster.Stats.Answers(digit) > 0
        select new Measurement<long>(cluster.Stats.Answers(digit), ClusterTag(cluster), new KeyValuePair<string, object?>("response_code_class", digit));

    private IEnumerable<Measurement<long>> Outcomes() =>
        Enum.GetValues<ConnectionOutcome>().Select(outcome => new Measurement<long>(
            _reporter.Count(outcome),
            new KeyValuePair<string, object?>("outcome", outcome.Tag()),
            new KeyValuePair<string, object?>("side", outcome.Side().ToString().ToLowerInvariant())));

    private static IEnumerable<Measurement<long>> RateLimited(RouteSnapshot routes) =>
        routes.Listeners.Values.SelectMany(static listener => listener.RateLimits).GroupBy(static chain => chain.RateLimit!.Config.StatPrefix, StringComparer.Ordinal)
            .Select(static group => new Measurement<long>(group.Sum(static chain => chain.RateLimit!.RateLimited), new KeyValuePair<string, object?>("stat_prefix", group.Key)));

    private IEnumerable<Measurement<long>> PerCluster(Func<ClusterStats, long> read) =>
        _updater.Clusters.Select(cluster => new Measurement<long>(read(cluster.Stats), ClusterTag(cluster)));

    private static KeyValuePair<string, object?> ClusterTag(ClusterState cluster) => new("cluster", cluster.Name);
}
