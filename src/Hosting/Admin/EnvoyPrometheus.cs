using System.Globalization;
using System.Text;

namespace Zoneway.Hosting.Admin;

/// <summary>
/// Measurements under the names that Envoy gives them for Prometheus, for dashboards made for it: <c>envoy_cluster_upstream_cx_total{envoy_cluster_name="…"}</c>. What counts a cluster is
/// there once it is not 0, as with Envoy's <c>usedonly</c>: a zone may have many thousand clusters. Only that no endpoint is healthy is said as well.
/// </summary>
internal static class EnvoyPrometheus
{
    /// <summary>Writes everything that has a name in Envoy, in Prometheus' text format 0.0.4.</summary>
    /// <param name="measured">What the instruments measured.</param>
    /// <param name="server">What the program says of itself, by Envoy's stat names.</param>
    public static string Write(IEnumerable<MetricSeries> measured, IEnumerable<(string Name, double Value)> server)
    {
        var lines = measured.Select(Line).OfType<(string Name, string Labels, double Value)>()
            .Concat(server.Select(stat => (Name: NameOf(stat.Name), Labels: "", stat.Value)));
        var text = new StringBuilder();
        foreach (var metric in lines.GroupBy(line => line.Name, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append("# TYPE ").Append(metric.Key).Append(" untyped\n");
            foreach (var (name, labels, value) in metric)
            {
                text.Append(name).Append(labels).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
            }
        }

        return text.ToString();
    }

    private static (string Name, string Labels, double Value)? Line(MetricSeries series)
    {
        if (series.Tags is [{ Key: "cluster", Value: var cluster }])
        {
            return series.Value == 0 && series.Instrument != "membership_healthy" ? null : (NameOf($"cluster.{series.Instrument}"), $"{{envoy_cluster_name=\"{MetricFamily.Escape(cluster?.ToString() ?? "")}\"}}", series.Value);
        }

        if (series.Tags is [{ Key: "cluster", Value: var answering }, { Key: "response_code_class", Value: var digit }])
        {
            return (NameOf($"cluster.{series.Instrument}"), $"{{envoy_response_code_class=\"{digit}\",envoy_cluster_name=\"{MetricFamily.Escape(answering?.ToString() ?? "")}\"}}", series.Value);
        }

        var stat = EnvoyStatName.Of(series.Instrument, series.Tags);
        return stat.StartsWith("zoneway.", StringComparison.Ordinal) ? null : (NameOf(stat), "", series.Value);
    }

    private static string NameOf(string stat) => $"envoy_{MetricFamily.Sanitize(stat)}";
}
