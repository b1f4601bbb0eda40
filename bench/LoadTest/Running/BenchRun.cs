using System.Diagnostics;
using Zoneway.LoadTest.Cases;
using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Reporting;

namespace Zoneway.LoadTest.Running;

/// <summary>
/// A whole run. In every round all contenders are started, warmed up, and then taken through the cases side by side: one case with all contenders before the next
/// case, odd rounds in one order and even rounds in the other, so that what drifts on the machine meets all alike.
/// </summary>
internal sealed class BenchRun(BenchOptions options, IReadOnlyList<BenchCase> cases, IReadOnlyList<Contender> contenders, TextWriter progress)
{
    private readonly ResultBook _results = new(cases, contenders);
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();

    /// <summary>Whether it ended before all samples were taken, as its time was up.</summary>
    public bool WasCutShort { get; private set; }

    /// <exception cref="OperationCanceledException">The token was cancelled; everything started has ended.</exception>
    public async Task<ResultBook> ExecuteAsync(CancellationToken cancellationToken)
    {
        await using var harness = await Harness.StartAsync();
        for (var round = 1; round <= options.Samples && !WasCutShort; round++)
        {
            await progress.WriteLineAsync($"round {round} of {options.Samples}, {_elapsed.Elapsed:mm\\:ss}");
            await using var fleet = new Fleet();
            await StartAsync(harness, fleet, cancellationToken);
            await TakeRoundAsync(harness, round % 2 == 1 ? fleet.Contenders : [.. fleet.Contenders.Reverse()], round, cancellationToken);
        }

        return _results;
    }

    private async Task StartAsync(Harness harness, Fleet fleet, CancellationToken cancellationToken)
    {
        foreach (var contender in contenders)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var running = await harness.StartAsync(contender, Harness.Backends);
                fleet.Add(running);
                await WarmUp.RunAsync(harness.Load, running, options.IsQuick ? TimeSpan.FromSeconds(0.4) : TimeSpan.FromSeconds(1));
            }
            catch (ContenderFailedException exception)
            {
                await ReportAsync(exception.Message);
            }
        }
    }

    private async Task TakeRoundAsync(Harness harness, IReadOnlyList<RunningContender> order, int round, CancellationToken cancellationToken)
    {
        foreach (var benchCase in cases.Where(benchCase => round == 1 || !options.IsQuick || !benchCase.StartsContenders))
        {
            if (_elapsed.Elapsed > options.TimeLimit)
            {
                WasCutShort = true;
                return;
            }

            foreach (var contender in order.Where(contender => benchCase.AppliesTo(contender.Contender)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await TakeAsync(benchCase, new CaseRun(harness, options, contender), round);
            }
        }
    }

    private async Task TakeAsync(BenchCase benchCase, CaseRun run, int round)
    {
        try
        {
            for (var retakes = benchCase.StartsContenders ? 0 : options.Retakes; ; retakes--)
            {
                var sample = await benchCase.MeasureAsync(run) with { Round = round };
                await progress.WriteLineAsync(SampleLine.Format(benchCase, run.Contender, sample));
                if (retakes <= 0 || !sample.IsValid || !sample.IsNoisy)
                {
                    _results.Add(benchCase, run.Contender, sample);
                    return;
                }
            }
        }
        catch (ContenderFailedException exception)
        {
            await ReportAsync($"{benchCase.Name}: {exception.Message}");
        }
    }

    private async Task ReportAsync(string problem)
    {
        _results.AddProblem(problem);
        await progress.WriteLineAsync(problem);
    }
}
