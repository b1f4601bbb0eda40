using System.Diagnostics.Metrics;
using Zoneway.ZoneControlPlane.Snapshots;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>Counters of the ADS server. Tags: kind of proxy and type URL, both from closed sets; nodes are told apart in the log.</summary>
internal sealed class AdsMetrics
{
    public const string MeterName = "Zoneway.ZoneControlPlane";

    private readonly UpDownCounter<int> _streams;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;

    public AdsMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _streams = meter.CreateUpDownCounter<int>("zone_cp.ads.streams", "{stream}", "Open ADS streams");
        _sent = meter.CreateCounter<long>("zone_cp.ads.responses", "{response}", "Answers sent");
        _accepted = meter.CreateCounter<long>("zone_cp.ads.accepted", "{response}", "Answers that the proxy acknowledged");
        _rejected = meter.CreateCounter<long>("zone_cp.ads.rejected", "{response}", "Answers that the proxy rejected");
    }

    public void StreamOpened(ProxyKind kind) => _streams.Add(1, Kind(kind));

    public void StreamClosed(ProxyKind kind) => _streams.Add(-1, Kind(kind));

    public void ResponseSent(ProxyKind kind, string typeUrl) => _sent.Add(1, Kind(kind), Type(typeUrl));

    public void ResponseAccepted(ProxyKind kind, string typeUrl) => _accepted.Add(1, Kind(kind), Type(typeUrl));

    public void ResponseRejected(ProxyKind kind, string typeUrl) => _rejected.Add(1, Kind(kind), Type(typeUrl));

    private static KeyValuePair<string, object?> Kind(ProxyKind kind) => new("kind", kind == ProxyKind.Ingress ? "ingress" : "egress");

    private static KeyValuePair<string, object?> Type(string typeUrl) => new("type_url", NodeSnapshot.AnswerOrder.Contains(typeUrl) ? typeUrl : "other");
}
