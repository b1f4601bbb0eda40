using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Cases;

/// <summary>Closed loop: one message per connection under way at any time.</summary>
internal sealed class PingPongCase(int messageBytes, int connections) : BenchCase
{
    /// <inheritdoc/>
    public override string Name => $"ping-{messageBytes}B-{connections}";

    /// <inheritdoc/>
    public override string Description => $"round trips of {messageBytes} bytes on {connections} connection(s), one at a time on each";

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics { get; } =
        [Metric.Messages, Metric.ProxyPerMessage, Metric.TotalPerMessage, Metric.P50, Metric.P99, Metric.P999, Metric.UserShare];

    /// <inheritdoc/>
    public override Task<Sample> MeasureAsync(CaseRun run) =>
        run.TakeAsync(run.Shared.Request(LoadKind.PingPong, connections, run.Duration) with { MessageBytes = messageBytes });
}
