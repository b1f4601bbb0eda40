using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Zoneway.Hosting.Admin;

/// <summary>All series of one instrument. Not thread-safe.</summary>
internal sealed class MetricFamily
{
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly string _help;
    private readonly string _type;
    private readonly bool _isObserved;
    private readonly bool _isHistogram;

    public MetricFamily(Instrument instrument)
    {
        Instrument = instrument.Name;
        Name = $"zoneway_{Sanitize(instrument.Name)}";
        _help = instrument.Description ?? "";
        _isObserved = instrument.IsObservable;
        var kind = instrument.GetType().Name;
        _isHistogram = kind.StartsWith("Histogram", StringComparison.Ordinal);
        _type = _isHistogram ? "summary" : kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal) ? "counter" : "gauge";
    }

    public string Name { get; }

    /// <summary>Name of the instrument.</summary>
    public string Instrument { get; }

    /// <summary>Every series with its tags and value; of a histogram the number of measurements.</summary>
    public IEnumerable<MetricSeries> Snapshot() =>
        _series.Values.Select(series => new MetricSeries(Instrument, series.Tags, _isHistogram ? series.Count : series.Sum));

    /// <summary>Takes a measurement: the value itself if it is observed, else what is added to it.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        _series[labels] = !_isObserved && _series.TryGetValue(labels, out var known)
            ? known with { Sum = known.Sum + value, Count = known.Count + 1 }
            : new Series(tags.ToArray(), value, 1);
    }

    public void ForgetObserved()
    {
        if (_isObserved)
        {
            _series.Clear();
        }
    }

    public void Write(StringBuilder text)
    {
        if (_series.Count == 0)
        {
            return;
        }

        text.Append("# HELP ").Append(Name).Append(' ').Append(_help).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(_type).Append('\n');
        foreach (var (labels, (_, sum, count)) in _series)
        {
            if (_isHistogram)
            {
                WriteSample(text, "_sum", labels, sum);
                WriteSample(text, "_count", labels, count);
            }
            else
            {
                WriteSample(text, "", labels, sum);
            }
        }
    }

    private void WriteSample(StringBuilder text, string suffix, string labels, double value) =>
        text.Append(Name).Append(suffix).Append(labels).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder("{");
        foreach (var (key, value) in tags)
        {
            text.Append(text.Length > 1 ? "," : "").Append(Sanitize(key)).Append("=\"").Append(Escape(value?.ToString() ?? "")).Append('"');
        }

        return text.Append('}').ToString();
    }

    // Metric and label names: letters, digits and underscores.
    internal static string Sanitize(string name) => string.Create(name.Length, name, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
        }
    });

    internal static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    private readonly record struct Series(KeyValuePair<string, object?>[] Tags, double Sum, long Count);
}

/// <summary>One series of an instrument.</summary>
/// <param name="Instrument">Name of the instrument.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct MetricSeries(string Instrument, IReadOnlyList<KeyValuePair<string, object?>> Tags, double Value);
