using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.ControlPlane;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;
using Zoneway.LoadTest.Processes;

namespace Zoneway.LoadTest.Cases;

/// <summary>A control plane changes endpoints all the time, over delta xDS, while messages go back and forth.</summary>
internal sealed class UpdateCase(int routes) : BenchCase
{
    private const int Connections = 64;
    private const int MessagesPerSecond = 15_000;
    private const int IntervalsPerSample = 6;

    /// <inheritdoc/>
    public override string Name => "updates";

    /// <inheritdoc/>
    public override string Description =>
        $"{routes} routes with a cluster each from a control plane (delta xDS), 1,000 endpoint updates/s, "
        + $"{MessagesPerSecond} messages/s of 64 bytes on {Connections} connections meanwhile; "
        + "time from sending a new endpoint to the greeting of the first connection on it";

    /// <inheritdoc/>
    public override bool StartsContenders => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics { get; } =
    [
        new("updates", "1/s", sample => sample.Updates?.PerSecond) { IsHigherBetter = true },
        new("first connection p50", "ms", sample => sample.Updates?.FirstConnection.P50 / 1000),
        new("first connection p99", "ms", sample => sample.Updates?.FirstConnection.P99 / 1000),
        new("first connection, longest", "ms", sample => sample.Updates?.FirstConnection.Max / 1000),
        Metric.P50,
        Metric.P99,
        new("proxy CPU", "processors", sample => sample.Load.Usage?.Proxy / sample.Load.Usage?.Seconds),
        Metric.Resident,
    ];

    /// <inheritdoc/>
    public override bool AppliesTo(Contender contender) => contender is ZonewayContender;

    /// <inheritdoc/>
    public override async Task<Sample> MeasureAsync(CaseRun run)
    {
        var zoneway = (ZonewayContender)run.Contender;
        var setup = new ContenderSetup(FreePort.Take(), run.Harness.Routes(routes), run.Harness.Subdirectory("updates"), run.Harness.DescriptorLimit);
        await using var controlPlane = await BenchControlPlane.StartAsync(new RouteResources(setup.Port, setup.Routes));
        await using var contender = await run.Harness.StartAsync(zoneway, setup, zoneway.Follow(controlPlane.Address));
        await WarmUp.RunAsync(run.Harness.Load, contender, run.Duration);

        using var stop = new CancellationTokenSource();
        var updates = new UpdateStream(controlPlane, setup.Routes, setup.Port);
        var updating = updates.RunAsync(stop.Token);
        Sample sample;
        UpdateReading reading;
        try
        {
            sample = await run.TakeAsync(contender.Request(LoadKind.OpenLoop, Connections, run.Duration * IntervalsPerSample) with { MessagesPerSecond = MessagesPerSecond });
        }
        finally
        {
            await stop.CancelAsync();
            reading = await updating;
        }

        return sample with { Updates = reading, Load = sample.Load with { WrongRoutes = sample.Load.WrongRoutes + updates.Lost } };
    }
}
