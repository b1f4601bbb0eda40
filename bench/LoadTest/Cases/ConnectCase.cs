using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Cases;

/// <summary>Connections that live for a hello and a greeting.</summary>
internal sealed class ConnectCase(HelloShape hello) : BenchCase
{
    private const int Connections = 64;

    private readonly int _helloBytes = HelloBook.Build(hello, 0).Length;

    /// <inheritdoc/>
    public override string Name => hello == HelloShape.Small ? "connect-small" : "connect-pq";

    /// <inheritdoc/>
    public override string Description =>
        $"connect, ClientHello of {_helloBytes} bytes in {(hello == HelloShape.Small ? "one write" : "two writes, server_name last")}, greeting, close; {Connections} at a time";

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics { get; } = [Metric.Connections, Metric.ProxyPerConnection, Metric.TotalPerConnection, Metric.P50, Metric.P99];

    /// <inheritdoc/>
    public override Task<Sample> MeasureAsync(CaseRun run) => run.TakeAsync(run.Shared.Request(LoadKind.Connect, Connections, run.Duration) with { Hello = hello });
}
