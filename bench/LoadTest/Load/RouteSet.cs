using System.Net;

namespace Zoneway.LoadTest.Load;

/// <summary>The routes of a contender: server names <c>s0.bench.test</c> and up, dealt out to the back ends in turn.</summary>
/// <param name="Count">Number of server names.</param>
/// <param name="BackendPorts">Loopback port of each back end, by number.</param>
internal sealed record RouteSet(int Count, IReadOnlyList<int> BackendPorts)
{
    public static string ServerName(int route) => $"s{route}.bench.test";

    /// <summary>Number of the back end that serves a route.</summary>
    public int Backend(int route) => route % BackendPorts.Count;

    /// <summary>Where a route leads.</summary>
    public IPEndPoint EndPoint(int route) => new(IPAddress.Loopback, BackendPorts[Backend(route)]);
}
