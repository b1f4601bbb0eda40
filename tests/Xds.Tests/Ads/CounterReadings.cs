using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>The sums of one counter of one meter factory, by the value of a tag.</summary>
internal sealed class CounterReadings : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _sums = new();

    public CounterReadings(IMeterFactory factory, string counter, string tag)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == counter && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            foreach (var (key, tagValue) in tags)
            {
                if (key == tag)
                {
                    _sums.AddOrUpdate($"{tagValue}", value, (_, sum) => sum + value);
                }
            }
        });
        _listener.Start();
    }

    /// <summary><c>tag=sum</c>, in order.</summary>
    public IEnumerable<string> Readings => _sums.Select(entry => $"{entry.Key}={entry.Value}").Order(StringComparer.Ordinal);

    public void Dispose() => _listener.Dispose();
}
