using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;
using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.ControlPlane;

/// <summary>Sends endpoint updates at a fixed rate, and between them moves single routes to another back end and sees how soon a connection gets there.</summary>
internal sealed class UpdateStream(BenchControlPlane controlPlane, RouteSet routes, int proxyPort)
{
    private const int UpdatesPerSecond = 1000;

    // The load has the first routes; those that move are the last ones.
    private const int MovingRoutes = 16;
    private static readonly TimeSpan BetweenMoves = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MoveLimit = TimeSpan.FromSeconds(5);

    private readonly LatencyHistogram _firstConnections = new();
    private readonly int[] _backends = [.. Enumerable.Range(0, MovingRoutes).Select(i => routes.Backend(routes.Count - 1 - i))];
    private long _sent;

    /// <summary>Moves that no connection followed in time.</summary>
    public int Lost { get; private set; }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task<UpdateReading> RunAsync(CancellationToken cancellationToken)
    {
        var began = Clock.Now;
        await Task.WhenAll(UpdateAsync(cancellationToken), MoveAsync(cancellationToken));
        return new UpdateReading(_sent / ((Clock.Now - began) / 1e9), controlPlane.Rejected, LatencySummary.Of(_firstConnections));
    }

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var began = Clock.Now;
        while (await TickAsync(timer, cancellationToken))
        {
            for (var due = (Clock.Now - began) / (1_000_000_000 / UpdatesPerSecond); _sent < due; _sent++)
            {
                var (round, route) = Math.DivRem(_sent, routes.Count - MovingRoutes);
                controlPlane.Publish((int)route, routes.EndPoint((int)route).Port, weight: 2 + (int)(round % 2));
            }
        }
    }

    private async Task MoveAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenMoves);
        for (var i = 0; await TickAsync(timer, cancellationToken); i = (i + 1) % MovingRoutes)
        {
            var route = routes.Count - 1 - i;
            var backend = _backends[i] = (_backends[i] + 1) % routes.BackendPorts.Count;
            var sentAt = Clock.Now;
            controlPlane.Publish(route, routes.BackendPorts[backend], weight: 1);
            var limit = sentAt + MoveLimit.Nanoseconds();
            while (await RouteProbe.AskAsync(proxyPort, route) != backend && Clock.Now < limit)
            {
                // The old endpoint answered.
            }

            if (Clock.Now < limit)
            {
                _firstConnections.Record(Clock.Now - sentAt);
            }
            else
            {
                Lost++;
            }
        }
    }

    private static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
