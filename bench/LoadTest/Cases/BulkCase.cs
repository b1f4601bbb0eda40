using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Cases;

/// <summary>Streams that send, or receive, as fast as they can.</summary>
internal sealed class BulkCase(LoadKind direction, int streams) : BenchCase
{
    /// <inheritdoc/>
    public override string Name => $"{(direction == LoadKind.Upload ? "up" : "down")}-{streams}";

    /// <inheritdoc/>
    public override string Description => $"{streams} stream(s) of bulk data {(direction == LoadKind.Upload ? "to" : "from")} the back end; the receiver checks and discards";

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics { get; } = [Metric.Throughput, Metric.ProxyPerGibibyte, Metric.TotalPerGibibyte, Metric.KernelThreads];

    /// <inheritdoc/>
    public override Task<Sample> MeasureAsync(CaseRun run) => run.TakeAsync(run.Shared.Request(direction, streams, run.Duration));
}
