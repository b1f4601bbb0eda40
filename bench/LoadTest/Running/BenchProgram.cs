using System.Diagnostics;
using Zoneway.LoadTest.Cases;
using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Processes;
using Zoneway.LoadTest.Reporting;

namespace Zoneway.LoadTest.Running;

/// <summary>The driver: picks cases and contenders, runs, and writes the report.</summary>
internal static class BenchProgram
{
    /// <summary>Exit code when a byte or a route was wrong, a contender failed, or the run was stopped.</summary>
    private const int Failed = 1;

    public static async Task<int> RunAsync(BenchOptions options, bool isListing, CancellationToken cancellationToken)
    {
        var allCases = CaseCatalog.All(ResourceLimits.Descriptors(), options.IsQuick);
        var allContenders = ContenderCatalog.All(options.ZoneIngress);
        if (isListing)
        {
            await ListAsync(allCases, allContenders);
            return 0;
        }

        var cases = Selection.Pick(allCases, benchCase => benchCase.Name, options.Cases, out var unknownCases);
        var contenders = Selection.Pick(allContenders, contender => contender.Name, options.Contenders, out var unknownContenders);
        if (unknownCases.Count + unknownContenders.Count > 0)
        {
            await Console.Error.WriteLineAsync($"Not known: {string.Join(", ", unknownCases.Concat(unknownContenders))}. --list names all cases and contenders.");
            return BenchCommandLine.BadUsage;
        }

        if (options.IsQuick)
        {
            cases = options.Cases.Count > 0 ? cases : [.. cases.Where(CaseCatalog.IsForShortRuns)];
            contenders = options.Contenders.Count > 0 ? contenders : [.. contenders.Where(ContenderCatalog.IsForShortRuns)];
        }

        return await RunAsync(options, cases, contenders, cancellationToken);
    }

    private static async Task<int> RunAsync(BenchOptions options, IReadOnlyList<BenchCase> cases, IReadOnlyList<Contender> contenders, CancellationToken cancellationToken)
    {
        foreach (var contender in contenders.Where(contender => contender.Obstacle is not null))
        {
            await Console.Error.WriteLineAsync($"without {contender.Name}: {contender.Obstacle}");
        }

        var began = TimeProvider.System.GetUtcNow();
        var elapsed = Stopwatch.StartNew();
        var run = new BenchRun(options, cases, [.. contenders.Where(contender => contender.Obstacle is null)], Console.Error);
        ResultBook results;
        try
        {
            results = await run.ExecuteAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped; everything that was started has ended.");
            return Failed;
        }

        await WriteAsync(new ReportHeader(began, MachineDescription.Read(), options, elapsed.Elapsed, run.WasCutShort), results);
        return results.HasFailed ? Failed : 0;
    }

    /// <summary>Writes the report where the options say.</summary>
    public static async Task WriteAsync(ReportHeader header, ResultBook results)
    {
        var markdown = MarkdownReport.Write(header, results);
        if (header.Options.MarkdownPath is { } path)
        {
            await File.WriteAllTextAsync(path, markdown);
        }
        else
        {
            await Console.Out.WriteAsync(markdown);
        }

        if (header.Options.JsonPath is { } jsonPath)
        {
            await File.WriteAllTextAsync(jsonPath, JsonReport.Write(header, results));
        }
    }

    /// <summary>Lists cases and contenders.</summary>
    public static async Task ListAsync(IReadOnlyList<BenchCase> cases, IReadOnlyList<Contender> contenders)
    {
        foreach (var benchCase in cases)
        {
            await Console.Out.WriteLineAsync($"{benchCase.Name,-16} {benchCase.Description}");
        }

        await Console.Out.WriteLineAsync();
        foreach (var contender in contenders)
        {
            await Console.Out.WriteLineAsync($"{contender.Name,-16} {contender.Obstacle ?? contender.Description}");
        }
    }
}
