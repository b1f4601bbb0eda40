using Zoneway.LoadTest.Cases;
using Zoneway.LoadTest.Egress.Load;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Egress.Cases;

/// <summary>Something that egress contenders are compared in.</summary>
/// <param name="name">Name in options and reports.</param>
/// <param name="description">What is done.</param>
/// <param name="service">What is used.</param>
/// <param name="request">The sample; its port, duration and process are filled in.</param>
internal sealed class EgressCase(string name, string description, EgressService service, EgressLoadRequest request) : BenchCase
{
    private const int LongMessage = 64 * 1024;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override string Description => description;

    public EgressService Service => service;

    public EgressLoadRequest Request => request;

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics { get; } = request switch
    {
        { Kind: EgressLoadKind.Handshake } => [Metric.Connections, Metric.ProxyPerConnection, Metric.P50, Metric.P99, Metric.UserShare, Metric.Resident],
        { Kind: EgressLoadKind.Echo, MessageBytes: >= LongMessage } => [Metric.Throughput, Metric.ProxyPerGibibyte, Metric.UserShare, Metric.Resident],
        { Kind: EgressLoadKind.Echo } => [Metric.Messages, Metric.ProxyPerMessage, Metric.P50, Metric.P99, Metric.UserShare, Metric.Resident],
        _ => [Metric.Messages with { Unit = "requests/s" }, Metric.ProxyPerMessage with { Unit = "µs/request" }, Metric.P50, Metric.P99, Metric.UserShare, Metric.Resident],
    };

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: it is run by <see cref="Running.EgressRun"/>.</exception>
    public override Task<Sample> MeasureAsync(CaseRun run) => throw new NotSupportedException($"{name} is an egress case.");
}
