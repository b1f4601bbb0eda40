using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Cases;

/// <summary>Connections that do nothing: what they cost a fresh process.</summary>
internal sealed class IdleCase(int connections) : BenchCase
{
    // Memory settles slower than rates do.
    private const int PausesPerDuration = 2;

    /// <inheritdoc/>
    public override string Name => "idle";

    /// <inheritdoc/>
    public override string Description =>
        $"{connections} idle connections through a fresh process: before any, after the greeting, after one round trip of 64 bytes on each, after the end of all";

    /// <inheritdoc/>
    public override bool StartsContenders => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics { get; } =
    [
        new("resident memory before", "MiB", sample => sample.Load.Idle?.Base.ResidentBytes / 1048576.0),
        new("memory per connection", "bytes", sample => PerConnection(sample, idle => idle.Opened.ResidentBytes - idle.Base.ResidentBytes)),
        new("memory per connection, used once", "bytes", sample => PerConnection(sample, idle => idle.Used.ResidentBytes - idle.Base.ResidentBytes)),
        new("descriptors per connection", "", sample => PerConnection(sample, idle => idle.Used.Descriptors - idle.Base.Descriptors)),
        new("descriptors left after the end", "", sample => sample.Load.Idle?.Closed.Descriptors - sample.Load.Idle?.Base.Descriptors),
        new("CPU while idle", "ms/s", sample => sample.Load.Idle?.IdleProcessorSeconds * 1000),
    ];

    /// <inheritdoc/>
    public override bool AppliesTo(Contender contender) => contender.Role != ContenderRole.Baseline;

    /// <inheritdoc/>
    public override async Task<Sample> MeasureAsync(CaseRun run)
    {
        await using var contender = await run.Harness.StartAsync(run.Contender, run.Harness.Load.BackendPorts.Count);
        await WarmUp.RunAsync(run.Harness.Load, contender, run.Duration);
        return await run.TakeAsync(contender.Request(LoadKind.Idle, connections, run.Duration * PausesPerDuration));
    }

    private static double? PerConnection(Sample sample, Func<IdleReading, double> value) => sample.Load.Idle is { } idle ? value(idle) / idle.Connections : null;
}
