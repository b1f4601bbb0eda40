using System.Diagnostics.Metrics;

namespace Zoneway.TestUtilities;

/// <summary>Reads the observable instruments of one meter of one factory.</summary>
public sealed class MetricRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<MetricReading> _readings = [];

    /// <param name="meterName">The meter's name.</param>
    /// <param name="factory">The factory that made it; meters of other hosts in this process are left out.</param>
    public MetricRecorder(string meterName, IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meterName && instrument.Meter.Scope == factory)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Reads every instrument once.</summary>
    public IReadOnlyList<MetricReading> Read()
    {
        _readings.Clear();
        _listener.RecordObservableInstruments();
        return [.. _readings];
    }

    /// <summary>The only value of an instrument, or of one tag of it (<c>key=value</c>).</summary>
    public long Value(string instrument, string tag = "") =>
        Read().Single(reading => reading.Name == instrument && (tag.Length == 0 || reading.Tags.Contains(tag))).Value;

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var texts = new List<string>();
        foreach (var (key, tag) in tags)
        {
            texts.Add($"{key}={tag}");
        }

        _readings.Add(new MetricReading(instrument.Name, value, texts, instrument.Unit, instrument.Description));
    }
}

/// <summary>One value of one instrument, with its tags as <c>key=value</c>.</summary>
public sealed record MetricReading(string Name, long Value, IReadOnlyCollection<string> Tags, string? Unit, string? Description);
