using System.Text.Encodings.Web;
using System.Text.Json;

namespace Zoneway.LoadTest.Reporting;

/// <summary>The report for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(ReportHeader header, ResultBook results) => JsonSerializer.Serialize(
        new
        {
            header.Date,
            header.Machine,
            header.Options.Samples,
            DurationSeconds = header.Options.Duration.TotalSeconds,
            header.WasCutShort,
            results.HasFailed,
            results.Problems,
            Contenders = results.Contenders.Select(contender => new { contender.Name, Role = contender.Role.ToString(), contender.Description }),
            Cases = results.Cases.Select(benchCase => CaseTable.Of(results, benchCase)).Where(table => table.Contenders.Count > 0).Select(Describe),
        },
        Format);

    private static object Describe(CaseTable table) => new { table.Case.Name, table.Case.Description, Metrics = table.Rows.Select(Describe) };

    private static object Describe(MetricRow row) => new
    {
        row.Metric.Name,
        row.Metric.Unit,
        row.Metric.IsHigherBetter,
        BestPeer = row.BestPeer?.Contender.Name,
        Contenders = row.Cells.ToDictionary(cell => cell.Contender.Name, cell => new { cell.Median, cell.RatioToBestPeer, cell.Values, cell.LeftOut, cell.IsNoisy }),
    };
}
