using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.ControlPlane;
using Zoneway.LoadTest.Processes;
using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Soak;

/// <summary>Runs the mix twice, to settle the proxy and for the full time, and compares what is left of it afterwards.</summary>
internal sealed class SoakRun(SoakOptions options, TextWriter progress)
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    public async Task<SoakReport> ExecuteAsync(CancellationToken cancellationToken)
    {
        await using var harness = await Harness.StartAsync();
        var zoneway = new ZonewayContender(options.ZoneIngress, options.IsPortable);
        var setup = new ContenderSetup(FreePort.Take(), harness.Routes(options.Routes), harness.Subdirectory("soak"), harness.DescriptorLimit);
        await using var controlPlane = await BenchControlPlane.StartAsync(new RouteResources(setup.Port, setup.Routes));
        await using var proxy = await harness.StartAsync(zoneway, setup, zoneway.Follow(controlPlane.Address));

        var context = new SoakContext(setup.Routes, setup.Port, new SoakTally());
        var updates = new RandomUpdates(context, controlPlane, options.Seed);
        await RunAsync(context, updates, options.WarmUp, cancellationToken);
        var baseline = await ProxyTraces.ReadSettledAsync(proxy.ProcessId!.Value);
        var peak = await RunAsync(context, updates, options.Duration, cancellationToken, () => ProxyTraces.Read(proxy.ProcessId.Value));
        var end = await ProxyTraces.ReadSettledAsync(proxy.ProcessId.Value);
        return new SoakReport(options, context.Tally, updates.Sent, controlPlane.Rejected, baseline, peak, end);
    }

    private async Task<ProxyTraces> RunAsync(
        SoakContext context, RandomUpdates updates, TimeSpan duration, CancellationToken cancellationToken, Func<ProxyTraces>? look = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var updating = updates.RunAsync(stop.Token);
        var working = Enumerable.Range(0, options.Connections).Select(i => Task.Run(() => new SoakWorker(context, options.Seed + i).RunAsync(stop.Token), CancellationToken.None)).ToList();
        var peak = new ProxyTraces(0, 0, 0, 0);
        for (var end = context.Elapsed + duration; context.Elapsed < end && !cancellationToken.IsCancellationRequested;)
        {
            var left = end - context.Elapsed;
            await Task.Delay(left < BetweenLines ? left > TimeSpan.Zero ? left : TimeSpan.Zero : BetweenLines, CancellationToken.None);
            if (look?.Invoke() is { } now)
            {
                peak = now.ResidentBytes > peak.ResidentBytes ? now : peak;
                await progress.WriteLineAsync(
                    $"{context.Tally.Connections.Values.Sum()} connections, {context.Tally.VerifiedBytes >> 20} MiB compared, {updates.Sent} updates, "
                    + $"{context.Tally.WrongBytes} wrong bytes, {context.Tally.WrongRoutes} wrong routes, {context.Tally.UnexpectedEnds} unexpected ends, "
                    + $"{now.ResidentBytes >> 20} MiB, {now.Sockets} sockets, {now.Pipes} pipe ends");
            }
        }

        await stop.CancelAsync();
        await updating;
        await Task.WhenAll(working);
        cancellationToken.ThrowIfCancellationRequested();
        return peak;
    }
}
