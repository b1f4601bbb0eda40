using System.Net;
using System.Runtime.InteropServices;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Load;

/// <summary>What the connections of one sample share: targets, scratch buffer, counts. On one thread.</summary>
internal sealed unsafe class LoadContext
{
    private const int MostFailures = 100;
    private const int MostReasons = 5;

    private static readonly byte* SharedScratch = (byte*)NativeMemory.Alloc(BytePattern.LargestSlice);

    private readonly HelloBook _hellos;
    private readonly RouteSet _routes;
    private readonly byte[][] _addresses;
    private readonly List<string> _failureReasons = [];
    private int _nextRoute;
    private uint _nextSeed;

    public LoadContext(LoadRequest request, Reactor reactor, HelloBook hellos)
    {
        Request = request;
        Reactor = reactor;
        _hellos = hellos;
        _routes = request.Routes;
        int[] ports = request.ProxyPort is { } port ? [port] : [.. request.Routes.BackendPorts];
        _addresses = [.. ports.Select(SocketAddress)];
    }

    public LoadRequest Request { get; }

    public Reactor Reactor { get; }

    /// <summary><see cref="BytePattern.LargestSlice"/> bytes, free between two calls into a handler.</summary>
    public byte* Scratch => SharedScratch;

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Since when what happens counts; <see cref="long.MaxValue"/> before and after the interval.</summary>
    public long CountingSince { get; private set; } = long.MaxValue;

    /// <summary>Set when connections end because the sample is over.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Connections that have their greeting.</summary>
    public int Opened { get; set; }

    /// <summary>Idle connections that have had their round trip.</summary>
    public int Used { get; set; }

    public long Operations { get; private set; }

    public long SentBytes { get; set; }

    public long ReceivedBytes { get; set; }

    public long WrongBytes { get; set; }

    public long WrongRoutes { get; set; }

    public int Failures { get; private set; }

    public IReadOnlyList<string> FailureReasons => _failureReasons;

    /// <summary>Whether so much failed that the sample makes no sense.</summary>
    public bool HasGivenUp => Failures >= MostFailures;

    public void StartCounting(long now) => CountingSince = now;

    public void StopCounting() => CountingSince = long.MaxValue;

    /// <summary>An echo or a greeting came.</summary>
    /// <param name="startedAt">When it was sent or due.</param>
    /// <param name="now">The time.</param>
    public void Complete(long startedAt, long now)
    {
        if (now >= CountingSince)
        {
            Operations++;
            Latencies.Record(now - startedAt);
        }
    }

    public void Fail(string reason)
    {
        Failures++;
        if (_failureReasons.Count < MostReasons)
        {
            _failureReasons.Add(reason);
        }
    }

    /// <summary>The route of the next connection: one after the other.</summary>
    public int NextRoute()
    {
        var route = _nextRoute;
        _nextRoute = (route + 1) % _routes.Count;
        return route;
    }

    public uint NextSeed() => _nextSeed = (_nextSeed + 7919) % BytePattern.Period;

    public int Backend(int route) => _routes.Backend(route);

    /// <summary>The sockaddr to connect to for a route.</summary>
    public ReadOnlySpan<byte> Address(int route) => _addresses[_addresses.Length == 1 ? 0 : _routes.Backend(route)];

    /// <summary>Writes the hello for a route into the scratch buffer.</summary>
    public int WriteHello(int route, StreamOrder order) => _hellos.Write(route, order, new Span<byte>(Scratch, BytePattern.LargestSlice));

    private static byte[] SocketAddress(int port)
    {
        var address = new IPEndPoint(IPAddress.Loopback, port).Serialize();
        return address.Buffer[..address.Size].ToArray();
    }
}
