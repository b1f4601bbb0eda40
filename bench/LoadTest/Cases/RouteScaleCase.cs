using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Cases;

/// <summary>Connections over a route table of a given size, in a fresh process, against the same with the smallest table.</summary>
internal sealed class RouteScaleCase(int routes) : BenchCase
{
    /// <summary>Routes of the smallest table.</summary>
    public const int Fewest = 10;

    // A proxy may give memory back some time after it has read its routes.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(4);

    private const int Connections = 64;

    /// <inheritdoc/>
    public override string Name => $"routes-{routes}";

    /// <inheritdoc/>
    public override string Description => $"connections over {routes} server names in turn, small hello, fresh process; memory {Rest.TotalSeconds} s after the load";

    /// <inheritdoc/>
    public override bool StartsContenders => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics { get; } =
    [
        Metric.Connections,
        Metric.ProxyPerConnection,
        Metric.P99,
        Metric.Resident,
        new("memory per added route", "bytes", sample => sample.SmallTableResidentBytes is { } small ? (sample.Load.ResidentBytes - small) / (double)sample.AddedRoutes : null),
    ];

    /// <inheritdoc/>
    public override bool AppliesTo(Contender contender) => contender.Role != ContenderRole.Baseline;

    /// <inheritdoc/>
    public override async Task<Sample> MeasureAsync(CaseRun run)
    {
        if (routes == Fewest)
        {
            return await MeasureAsync(run, Fewest);
        }

        var small = await MeasureAsync(run, Fewest);
        var sample = await MeasureAsync(run, routes);
        return sample with { SmallTableResidentBytes = small.Load.ResidentBytes, AddedRoutes = routes - Fewest };
    }

    private static async Task<Sample> MeasureAsync(CaseRun run, int routes)
    {
        await using var contender = await run.Harness.StartAsync(run.Contender, routes);
        await WarmUp.RunAsync(run.Harness.Load, contender, run.Duration);
        var sample = await run.TakeAsync(contender.Request(LoadKind.Connect, Connections, run.Duration));
        await Task.Delay(Rest);
        return contender.ProcessId is { } process
            ? sample with { Load = sample.Load with { ResidentBytes = ProcessTable.Read(ProcessTable.Tree(process)).ResidentBytes } }
            : sample;
    }
}
