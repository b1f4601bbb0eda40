using System.Globalization;
using System.Text;

namespace Zoneway.LoadTest.Soak;

/// <summary>How a soak went.</summary>
/// <param name="Options">What was run.</param>
/// <param name="Tally">What the connections saw, those before the baseline included.</param>
/// <param name="Updates">Updates of endpoints and routes sent.</param>
/// <param name="Rejected">Updates that the proxy answered with a NACK.</param>
/// <param name="Baseline">The proxy before, without connections but after some.</param>
/// <param name="Peak">The proxy when it had most memory.</param>
/// <param name="End">The proxy afterwards, without connections.</param>
internal sealed record SoakReport(SoakOptions Options, SoakTally Tally, long Updates, int Rejected, ProxyTraces Baseline, ProxyTraces Peak, ProxyTraces End)
{
    // What the collector leaves of garbage differs that much from one look to the next.
    private const long MostMoreBytes = 16 * 1024 * 1024;

    // Every loop keeps up to 64 empty pipes, two descriptors each, for the next bulk transfer.
    private static readonly int MostPooledPipeEnds = 64 * 2 * Environment.ProcessorCount;

    /// <summary>Everything that was wrong; empty when nothing was.</summary>
    public IReadOnlyList<string> Problems { get; } =
    [
        .. Tally.WrongBytes > 0 ? [$"{Tally.WrongBytes} wrong bytes"] : Array.Empty<string>(),
        .. Tally.WrongRoutes > 0 ? [$"{Tally.WrongRoutes} wrong routes"] : Array.Empty<string>(),
        .. Tally.UnexpectedEnds > 0 ? [$"{Tally.UnexpectedEnds} unexpected ends"] : Array.Empty<string>(),
        .. Rejected > 0 ? [$"{Rejected} updates rejected"] : Array.Empty<string>(),
        .. End.Sockets > Baseline.Sockets ? [$"{End.Sockets - Baseline.Sockets} sockets left"] : Array.Empty<string>(),
        .. End.Others > Baseline.Others ? [$"{End.Others - Baseline.Others} other descriptors left"] : Array.Empty<string>(),
        .. End.Pipes > Baseline.Pipes && End.Pipes > MostPooledPipeEnds ? [$"{End.Pipes} ends of pipes left, the pool keeps {MostPooledPipeEnds}"] : Array.Empty<string>(),
        .. End.ResidentBytes > Baseline.ResidentBytes + MostMoreBytes ? [$"{(End.ResidentBytes - Baseline.ResidentBytes) >> 20} MiB of memory left"] : Array.Empty<string>(),
        .. Tally.Faults,
    ];

    /// <summary>The report as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{(Options.IsPortable ? "portable path" : "engine")}, {Options.Duration.TotalMinutes:0.#} minutes, {Options.Connections} connections at a time, {Options.Routes} routes, {Updates} updates");
        text.AppendLine();
        text.AppendLine("| behaviour | connections |").AppendLine("|---|---:|");
        foreach (var (behaviour, count) in Tally.Connections.OrderByDescending(pair => pair.Value))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {behaviour} | {count} |");
        }

        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Tally.VerifiedBytes / 1073741824.0:0.0} GiB compared; {Tally.WrongBytes} wrong bytes, {Tally.WrongRoutes} wrong routes, {Tally.UnexpectedEnds} unexpected ends.");
        text.AppendLine();
        text.AppendLine("| | memory, MiB | sockets | ends of pipes | other descriptors |").AppendLine("|---|---:|---:|---:|---:|");
        foreach (var (name, traces) in new[] { ("before", Baseline), ("most memory", Peak), ("after", End) })
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {traces.ResidentBytes / 1048576.0:0.0} | {traces.Sockets} | {traces.Pipes} | {traces.Others} |");
        }

        text.AppendLine();
        text.AppendLine(Problems.Count == 0 ? "Nothing was wrong." : "Wrong:");
        foreach (var problem in Problems)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {problem}");
        }

        return text.ToString();
    }
}
