using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Cases;

/// <summary>All cases there are, in the order of reports.</summary>
internal static class CaseCatalog
{
    private const int IdleConnections = 10_000;
    private const int IdleConnectionsOfShortRuns = 2_000;

    private static readonly string[] ShortRuns = ["up-8", "down-64", "ping-64B-64", "ping-64B-1000", "open-loop", "connect-small", "connect-pq", "idle"];

    /// <param name="descriptorLimit">File descriptors that each process may have, of which a proxy needs two per connection.</param>
    /// <param name="isQuick">Whether it is for a short run.</param>
    public static IReadOnlyList<BenchCase> All(int descriptorLimit, bool isQuick)
    {
        var (up, down) = (LoadKind.Upload, LoadKind.Download);
        return
        [
            new BulkCase(up, 1), new BulkCase(up, 8), new BulkCase(up, 64),
            new BulkCase(down, 1), new BulkCase(down, 8), new BulkCase(down, 64),
            new PingPongCase(64, 1), new PingPongCase(64, 64), new PingPongCase(64, 1000),
            new PingPongCase(1024, 1), new PingPongCase(1024, 64), new PingPongCase(1024, 1000),
            new OpenLoopCase(),
            new ConnectCase(HelloShape.Small), new ConnectCase(HelloShape.PostQuantum),
            new IdleCase(Math.Min(isQuick ? IdleConnectionsOfShortRuns : IdleConnections, (descriptorLimit - 800) / 2)),
            new RouteScaleCase(RouteScaleCase.Fewest), new RouteScaleCase(1_000), new RouteScaleCase(10_000),
            new UpdateCase(isQuick ? 1_000 : 10_000),
        ];
    }

    public static bool IsForShortRuns(BenchCase benchCase) => ShortRuns.Contains(benchCase.Name);
}
