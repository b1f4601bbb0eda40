using System.Diagnostics.Metrics;
using System.Text;

namespace Zoneway.Hosting.Admin;

/// <summary>Exports this program's metrics in Prometheus' text format 0.0.4, under names that begin with <c>zoneway_</c>. Histograms give sum and count.</summary>
internal sealed class PrometheusExporter : IDisposable
{
    private const string MeterPrefix = "Zoneway.";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    /// <summary>Listens from now on to the meters that this factory makes.</summary>
    public PrometheusExporter(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument, Add(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record((MetricFamily)family!, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record((MetricFamily)family!, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record((MetricFamily)family!, value, tags));
        _listener.Start();
    }

    /// <summary>Everything measured so far, as text.</summary>
    public string Export() => Export(out _);

    /// <summary>Everything measured so far, as text and, of the same moment, series by series.</summary>
    public string Export(out IReadOnlyList<MetricSeries> series)
    {
        lock (_lock)
        {
            Observe();
            series = Series();
            var text = new StringBuilder();
            foreach (var family in _families.Values)
            {
                family.Write(text);
            }

            return text.ToString();
        }
    }

    /// <summary>Everything measured so far, series by series.</summary>
    public IReadOnlyList<MetricSeries> Snapshot()
    {
        lock (_lock)
        {
            Observe();
            return Series();
        }
    }

    public void Dispose() => _listener.Dispose();

    // Series of clusters that are gone must not be shown for ever: what is observed is observed anew.
    private void Observe()
    {
        foreach (var family in _families.Values)
        {
            family.ForgetObserved();
        }

        _listener.RecordObservableInstruments();
    }

    private List<MetricSeries> Series() => [.. _families.Values.SelectMany(family => family.Snapshot())];

    private MetricFamily Add(Instrument instrument)
    {
        lock (_lock)
        {
            var family = new MetricFamily(instrument);
            return _families.TryAdd(family.Name, family) ? family : _families[family.Name];
        }
    }

    private void Record(MetricFamily family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            family.Record(value, tags);
        }
    }
}
