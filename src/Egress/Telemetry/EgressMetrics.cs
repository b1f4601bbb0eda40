using System.Diagnostics.Metrics;
using Zoneway.Egress.Connections;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination;
using Zoneway.Termination.Rbac;

namespace Zoneway.Egress.Telemetry;

/// <summary>The instruments of terminated chains (meter <c>Zoneway.Egress</c>). All are observable: they cost nothing until someone reads them.</summary>
internal sealed class EgressMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Zoneway.Egress";

    private readonly RouteTable _routes;
    private readonly TerminatedChains _chains;
    private readonly TimeProvider _time;

    public EgressMetrics(IMeterFactory factory, RouteTable routes, TerminatedChains chains, TlsStats tls, DenialLog denials, TimeProvider time)
    {
        (_routes, _chains, _time) = (routes, chains, time);
        var meter = factory.Create(MeterName);
        CreateTlsInstruments(meter, tls);
        meter.CreateObservableCounter("rbac.denied", () => Rbac(counters => counters.Denied), "{decision}", "What access control has refused.");
        meter.CreateObservableCounter("rbac.allowed", () => Rbac(counters => counters.Allowed), "{decision}", "What access control has let pass.");
        meter.CreateObservableCounter("rbac.shadow_denied", () => Rbac(counters => counters.ShadowDenied), "{decision}", "What shadow rules would have refused.");
        meter.CreateObservableCounter("rbac.shadow_allowed", () => Rbac(counters => counters.ShadowAllowed), "{decision}", "What shadow rules would have let pass.");
        meter.CreateObservableCounter("rbac.denials", () => denials.Denials, "{decision}", "Refusals written into the audit.");
        meter.CreateObservableCounter("http.downstream_rq_total", () => Http(stats => stats.Requests), "{request}", "HTTP requests of clients.");
        meter.CreateObservableUpDownCounter("http.downstream_rq_active", () => Http(stats => stats.Active), "{request}", "HTTP requests not answered yet.");
        meter.CreateObservableCounter("http.downstream_rq_xx", Answers, "{request}", "HTTP answers to clients, by the first digit of their status.");
        meter.CreateObservableCounter("http.local_rate_limited", RateLimited, "{request}", "HTTP requests that a local rate limit has refused.");
    }

    private void CreateTlsInstruments(Meter meter, TlsStats tls)
    {
        meter.CreateObservableCounter("ssl.handshake", () => tls.Count(TlsFailure.None), "{handshake}", "TLS handshakes with clients that succeeded.");
        meter.CreateObservableCounter(
            "ssl.connection_error", () => tls.Count(TlsFailure.Protocol) + tls.Count(TlsFailure.Closed) + tls.Count(TlsFailure.Timeout), "{handshake}", "TLS handshakes with clients that failed for other reasons than certificates.");
        meter.CreateObservableCounter("ssl.fail_verify_no_cert", () => tls.Count(TlsFailure.NoPeerCertificate), "{handshake}", "Clients refused because they showed no certificate.");
        meter.CreateObservableCounter("ssl.fail_verify_error", () => tls.Count(TlsFailure.PeerNotTrusted) + tls.Count(TlsFailure.PeerHash), "{handshake}", "Clients refused because their certificate is not trusted.");
        meter.CreateObservableCounter("ssl.fail_verify_san", () => tls.Count(TlsFailure.PeerName), "{handshake}", "Clients refused because no name of their certificate fits.");
        meter.CreateObservableCounter("ssl.not_ready", () => tls.Count(TlsFailure.NotReady), "{handshake}", "Connections refused because the proxy's own certificate or trust is missing, expired or unusable.");
        meter.CreateObservableUpDownCounter(
            "ssl.chains_not_ready", () => Terminated().LongCount(chain => chain.Tls?.IsReady(out _) == false), "{filter_chain}", "Filter chains whose certificate or trust is missing, expired or unusable now.");
        meter.CreateObservableGauge("ssl.days_until_first_cert_expiring", DaysLeft, "d", "Days until the first certificate shown to clients expires.");
    }

    private IEnumerable<TerminatedChain> Terminated() =>
        _routes.Current.Listeners.Values.SelectMany(static listener => listener.FilterChains).Where(static chain => chain.Action is TerminatedChainConfig).Select(_chains.Of);

    private IEnumerable<TerminatedChain> Speaking() => Terminated().Where(static chain => chain.Http is not null);

    private IEnumerable<Measurement<long>> Http(Func<ChainStats, long> read) =>
        Speaking().GroupBy(static chain => chain.Config.Http!.StatPrefix, StringComparer.Ordinal).Select(group => new Measurement<long>(group.Sum(chain => read(chain.Stats)), Prefix(group.Key)));

    private IEnumerable<Measurement<long>> Answers() =>
        from chain in Speaking()
        from digit in Enumerable.Range(1, 5)
        where chain.Stats.Answers(digit) > 0
        group chain.Stats.Answers(digit) by (chain.Config.Http!.StatPrefix, digit) into answers
        select new Measurement<long>(answers.Sum(), Prefix(answers.Key.StatPrefix), new KeyValuePair<string, object?>("response_code_class", answers.Key.digit));

    private IEnumerable<Measurement<long>> RateLimited() =>
        Speaking().GroupBy(static chain => chain.Config.Http!.StatPrefix, StringComparer.Ordinal).Select(static group => new Measurement<long>(group.Sum(static chain => chain.Http!.RateLimited), Prefix(group.Key)));

    private IEnumerable<Measurement<long>> Rbac(Func<RbacCounters, long> read) =>
        Terminated().SelectMany(static chain => chain.AccessControl.Concat(chain.Http?.AccessControl ?? [])).GroupBy(static filter => filter.Config.StatPrefix, StringComparer.Ordinal)
            .Select(group => new Measurement<long>(group.Select(static filter => filter.Counters).Distinct().Sum(read), Prefix(group.Key)));

    private IEnumerable<Measurement<double>> DaysLeft()
    {
        var expiry = Terminated().Select(static chain => chain.Tls?.Certificate?.Leaf.NotAfter.ToUniversalTime()).OfType<DateTime>().Order().FirstOrDefault();
        return expiry == default ? [] : [new Measurement<double>(Math.Max(0, (expiry - _time.GetUtcNow().UtcDateTime).TotalDays))];
    }

    private static KeyValuePair<string, object?> Prefix(string prefix) => new("stat_prefix", prefix);
}
