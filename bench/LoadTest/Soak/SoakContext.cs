using System.Diagnostics;
using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Soak;

/// <summary>What the workers of a soak share.</summary>
/// <param name="routes">The routes.</param>
/// <param name="port">The proxy's port.</param>
/// <param name="tally">Takes what they see.</param>
internal sealed class SoakContext(RouteSet routes, int port, SoakTally tally)
{
    // A delta update arrives in milliseconds; on a machine with all processors busy the worker that waits for it may be late.
    private static readonly TimeSpan Propagation = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _elapsed = Stopwatch.StartNew();

    public RouteSet Routes => routes;

    /// <summary>Names behind those of the routes, which no route has.</summary>
    public int UnknownNames => 16;

    public int Port => port;

    public SoakTally Tally => tally;

    public TimeSpan Elapsed => _elapsed.Elapsed;

    public RouteHistory History { get; } = new(routes.Count, routes.Backend, Propagation);

    public HelloBook SmallHellos { get; } = new(HelloShape.Small, routes.Count + 16);

    public HelloBook PostQuantumHellos { get; } = new(HelloShape.PostQuantum, routes.Count + 16);
}
