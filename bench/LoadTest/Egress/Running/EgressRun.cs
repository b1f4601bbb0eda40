using System.Diagnostics;
using Zoneway.LoadTest.Egress.Cases;
using Zoneway.LoadTest.Egress.Contenders;
using Zoneway.LoadTest.Egress.Load;
using Zoneway.LoadTest.Measuring;
using Zoneway.LoadTest.Reporting;
using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Egress.Running;

/// <summary>
/// A whole run. In every round all contenders are started, warmed up, and then taken through the cases side by side, odd rounds in one order and even rounds in the
/// other. A sample with a failure or a wrong answer fails the run.
/// </summary>
internal sealed class EgressRun(EgressOptions options, IReadOnlyList<EgressCase> cases, IReadOnlyList<EgressContender> contenders, TextWriter progress)
{
    private static readonly EgressLoadKind[] WarmUps = [EgressLoadKind.Http1, EgressLoadKind.Http2, EgressLoadKind.Handshake, EgressLoadKind.Echo];

    private readonly ResultBook _results = new(cases, contenders);
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();

    private BenchOptions Common => options.Common;

    /// <summary>Whether it ended before all samples were taken, as its time was up.</summary>
    public bool WasCutShort { get; private set; }

    /// <exception cref="OperationCanceledException">The token was cancelled; everything started has ended.</exception>
    public async Task<ResultBook> ExecuteAsync(CancellationToken cancellationToken)
    {
        await using var harness = await EgressHarness.StartAsync(options.IsTls12);
        for (var round = 1; round <= Common.Samples && !WasCutShort; round++)
        {
            await progress.WriteLineAsync($"round {round} of {Common.Samples}, {_elapsed.Elapsed:mm\\:ss}");
            var fleet = new List<RunningEgress>();
            try
            {
                await StartAsync(harness, fleet, cancellationToken);
                await TakeRoundAsync(harness, round % 2 == 1 ? fleet : [.. fleet.AsEnumerable().Reverse()], round, cancellationToken);
            }
            finally
            {
                await Task.WhenAll(fleet.Select(contender => contender.DisposeAsync().AsTask()));
            }
        }

        return _results;
    }

    private async Task StartAsync(EgressHarness harness, List<RunningEgress> fleet, CancellationToken cancellationToken)
    {
        foreach (var contender in contenders)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var running = await harness.StartAsync(contender);
                fleet.Add(running);
                await WarmUpAsync(harness, running);
            }
            catch (ContenderFailedException exception)
            {
                _results.AddProblem(exception.Message);
                await progress.WriteLineAsync(exception.Message);
            }
        }
    }

    // Long enough for code to be compiled again with what was seen of it, which takes a runtime a second or two of load.
    private async Task WarmUpAsync(EgressHarness harness, RunningEgress running)
    {
        var time = TimeSpan.FromSeconds(Common.IsQuick ? 0.7 : 2);
        foreach (var kind in WarmUps)
        {
            var request = new EgressLoadRequest { Kind = kind, Port = 0, Connections = 32, Duration = default };
            EgressService[] services = kind == EgressLoadKind.Echo ? [EgressService.Tcp, EgressService.TcpTls] : [EgressService.Http, EgressService.HttpTls];
            foreach (var service in services)
            {
                await harness.RunAsync(running.Request(service, request, default, time));
            }
        }
    }

    private async Task TakeRoundAsync(EgressHarness harness, IReadOnlyList<RunningEgress> order, int round, CancellationToken cancellationToken)
    {
        foreach (var egressCase in cases)
        {
            if (_elapsed.Elapsed > Common.TimeLimit)
            {
                WasCutShort = true;
                return;
            }

            foreach (var contender in order)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await TakeAsync(harness, egressCase, contender, round);
            }
        }
    }

    private async Task TakeAsync(EgressHarness harness, EgressCase egressCase, RunningEgress contender, int round)
    {
        for (var retakes = Common.Retakes; ; retakes--)
        {
            var request = contender.Request(egressCase, Common.Duration * 0.3, Common.Duration);
            var sample = new Sample { Load = await harness.RunAsync(request), Round = round };
            await progress.WriteLineAsync(SampleLine.Format(egressCase, contender.Contender, sample));
            if (retakes > 0 && sample.IsValid && sample.IsNoisy)
            {
                continue;
            }

            _results.Add(egressCase, contender.Contender, sample);
            if (!sample.IsValid)
            {
                var reasons = string.Join("; ", sample.Load.FailureReasons);
                _results.AddProblem($"{egressCase.Name}, {contender.Contender.Name}: the run fails, as a sample did ({reasons}). {contender.Output}");
            }

            return;
        }
    }
}
