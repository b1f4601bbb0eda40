using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Cases;

/// <summary>Open loop: messages at a fixed rate, their time taken from when they were due, so that no stall hides itself.</summary>
internal sealed class OpenLoopCase : BenchCase
{
    private const int MessageBytes = 64;
    private const int Connections = 64;
    private const int MessagesPerSecond = 15_000;

    /// <inheritdoc/>
    public override string Name => "open-loop";

    /// <inheritdoc/>
    public override string Description => $"{MessagesPerSecond} messages/s of {MessageBytes} bytes over {Connections} connections; time from when a message was due to its echo";

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics { get; } = [Metric.P50, Metric.P99, Metric.P999, Metric.ProxyPerMessage, Metric.TotalPerMessage, Metric.Messages];

    /// <inheritdoc/>
    public override Task<Sample> MeasureAsync(CaseRun run) =>
        run.TakeAsync(run.Shared.Request(LoadKind.OpenLoop, Connections, run.Duration) with { MessageBytes = MessageBytes, MessagesPerSecond = MessagesPerSecond });
}
