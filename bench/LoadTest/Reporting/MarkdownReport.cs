using System.Globalization;
using System.Text;

namespace Zoneway.LoadTest.Reporting;

/// <summary>The report for people.</summary>
internal static class MarkdownReport
{
    public static string Write(ReportHeader header, ResultBook results)
    {
        var text = new StringBuilder();
        WriteHeader(text, header, results);
        foreach (var benchCase in results.Cases)
        {
            WriteTable(text, CaseTable.Of(results, benchCase));
        }

        WriteProblems(text, results.Problems);
        return text.ToString();
    }

    private static void WriteHeader(StringBuilder text, ReportHeader header, ResultBook results)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"# Load test of {header.Date:yyyy-MM-dd HH:mm} UTC");
        text.AppendLine().AppendLine($"{header.Machine}. {Describe(header)}");
        text.AppendLine(
            """

            Medians of the samples; in brackets the ratio to the best peer of the same run (in italics), as the median of the ratios within each round.
            ↓ lower is better, ↑ higher is better. Load generator, back ends and proxies share the machine. *Proxy CPU* is that of all processes of a contender,
            kernel work done in their name included; *CPU in all* adds load generator, back ends and kernel threads: the whole machine without foreign processes.
            `~`: all samples were noisy, with foreign processes using more than a quarter of a processor, or time stolen by the hypervisor; where there were
            quiet samples, noisy ones are left out.

            """);
        foreach (var contender in results.Contenders)
        {
            text.AppendLine($"- `{contender.Name}`: {contender.Description}");
        }
    }

    private static string Describe(ReportHeader header) =>
        $"{header.Options.Samples} round(s) of {header.Options.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s per sample, {header.Elapsed:h\\:mm\\:ss} in all"
        + (header.WasCutShort ? "; cut short, as the time was up." : ".");

    private static void WriteTable(StringBuilder text, CaseTable table)
    {
        if (table.Contenders.Count == 0)
        {
            return;
        }

        text.AppendLine().AppendLine($"## {table.Case.Name}").AppendLine().AppendLine($"{table.Case.Description}.").AppendLine();
        text.AppendLine($"| | {string.Join(" | ", table.Contenders.Select(contender => contender.Name))} |");
        text.AppendLine($"|---|{string.Concat(table.Contenders.Select(_ => "---:|"))}");
        foreach (var row in table.Rows)
        {
            var unit = row.Metric.Unit.Length > 0 ? $", {row.Metric.Unit}" : "";
            text.AppendLine($"| {row.Metric.Name}{unit} {(row.Metric.IsHigherBetter ? '↑' : '↓')} | {string.Join(" | ", row.Cells.Select(cell => Write(cell, row.BestPeer)))} |");
        }
    }

    private static string Write(Cell cell, Cell? bestPeer)
    {
        if (cell.Median is not { } median)
        {
            return "–";
        }

        var figure = (cell.IsNoisy ? "~" : "") + Figures.Format(median);
        return cell switch
        {
            { RatioToBestPeer: { } ratio } => $"**{figure}** ({Figures.Format(ratio)})",
            _ when ReferenceEquals(cell, bestPeer) => $"*{figure}*",
            _ => figure,
        };
    }

    private static void WriteProblems(StringBuilder text, IReadOnlyList<string> problems)
    {
        if (problems.Count > 0)
        {
            text.AppendLine().AppendLine("## Problems").AppendLine();
            foreach (var problem in problems)
            {
                text.AppendLine($"- {problem}");
            }
        }
    }
}
