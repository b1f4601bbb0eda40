using System.Diagnostics.Metrics;

namespace Zoneway.Xds.Ads;

/// <summary>The instruments of the ADS client, named after Envoy's <c>control_plane</c> and subscription statistics.</summary>
internal sealed class AdsMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Zoneway.Xds";

    private readonly Counter<long> _streams;
    private readonly Counter<long> _streamFailures;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _successes;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _ignored;
    private readonly Histogram<double> _updateTime;

    /// <summary>Creates the instruments; the connection state is read from <paramref name="status"/> when collected.</summary>
    public AdsMetrics(IMeterFactory meterFactory, AdsStatus status)
    {
        var meter = meterFactory.Create(MeterName);
        meter.CreateObservableGauge("control_plane.connected_state", () => status.IsConnected ? 1 : 0, null, "1 while the control plane answers on an open stream, else 0.");
        _streams = meter.CreateCounter<long>("control_plane.streams", "{stream}", "Streams opened.");
        _streamFailures = meter.CreateCounter<long>("control_plane.stream_failures", "{stream}", "Streams that ended in an error, by gRPC status.");
        _attempts = meter.CreateCounter<long>("control_plane.update_attempt", "{response}", "Responses received, by type.");
        _successes = meter.CreateCounter<long>("control_plane.update_success", "{response}", "Responses acknowledged, by type.");
        _rejections = meter.CreateCounter<long>("control_plane.update_rejected", "{response}", "Responses rejected (NACK), by type.");
        _ignored = meter.CreateCounter<long>("control_plane.update_ignored", "{response}", "Responses left unanswered, by reason.");
        _updateTime = meter.CreateHistogram<double>("control_plane.update_time", "s", "Time from response to answer, by type.");
    }

    /// <summary>A stream is being opened.</summary>
    public void StreamOpened() => _streams.Add(1);

    /// <summary>A stream ended in an error.</summary>
    public void StreamFailed(string status) => _streamFailures.Add(1, new KeyValuePair<string, object?>("grpc_status", status));

    /// <summary>A response was answered.</summary>
    public void Answered(ResourceType type, bool acknowledged, TimeSpan time)
    {
        var tag = new KeyValuePair<string, object?>("type", type.ShortName);
        _attempts.Add(1, tag);
        (acknowledged ? _successes : _rejections).Add(1, tag);
        _updateTime.Record(time.TotalSeconds, tag);
    }

    /// <summary>A response was left unanswered.</summary>
    public void Ignored(IgnoreReason reason) => _ignored.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
}
