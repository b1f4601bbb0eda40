using System.Diagnostics;
using Zoneway.LoadTest.Egress.Cases;
using Zoneway.LoadTest.Egress.Contenders;
using Zoneway.LoadTest.Reporting;
using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Egress.Running;

/// <summary>The driver of the egress cases: picks cases and contenders, runs, and writes the report.</summary>
internal static class EgressProgram
{
    private const int Failed = 1;

    /// <summary>Runs; or says what could be run.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(EgressOptions options, bool isListing, CancellationToken cancellationToken)
    {
        var (allCases, allContenders) = (EgressCaseCatalog.All(), EgressContenderCatalog.All(options.ZoneEgress));
        if (isListing)
        {
            await BenchProgram.ListAsync(allCases, allContenders);
            return 0;
        }

        var cases = Selection.Pick(allCases, egressCase => egressCase.Name, options.Common.Cases, out var unknownCases);
        var contenders = Selection.Pick(allContenders, contender => contender.Name, options.Common.Contenders, out var unknownContenders);
        if (unknownCases.Count + unknownContenders.Count > 0)
        {
            await Console.Error.WriteLineAsync($"Not known: {string.Join(", ", unknownCases.Concat(unknownContenders))}. egress --list names all cases and contenders.");
            return BenchCommandLine.BadUsage;
        }

        if (options.Common.IsQuick)
        {
            cases = options.Common.Cases.Count > 0 ? cases : [.. cases.Where(EgressCaseCatalog.IsForShortRuns)];
            contenders = options.Common.Contenders.Count > 0 ? contenders : [.. contenders.Where(EgressContenderCatalog.IsForShortRuns)];
        }

        return await RunAsync(options, cases, contenders, cancellationToken);
    }

    private static async Task<int> RunAsync(EgressOptions options, IReadOnlyList<EgressCase> cases, IReadOnlyList<EgressContender> contenders, CancellationToken cancellationToken)
    {
        foreach (var contender in contenders.Where(contender => contender.Obstacle is not null))
        {
            await Console.Error.WriteLineAsync($"without {contender.Name}: {contender.Obstacle}");
        }

        var began = TimeProvider.System.GetUtcNow();
        var elapsed = Stopwatch.StartNew();
        var run = new EgressRun(options, cases, [.. contenders.Where(contender => contender.Obstacle is null)], Console.Error);
        try
        {
            var results = await run.ExecuteAsync(cancellationToken);
            await BenchProgram.WriteAsync(new ReportHeader(began, MachineDescription.Read(), options.Common, elapsed.Elapsed, run.WasCutShort), results);
            return results.HasFailed ? Failed : 0;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped; everything that was started has ended.");
            return Failed;
        }
    }
}
