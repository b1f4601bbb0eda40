using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Engine;

/// <summary>What all loops share: routes, limits, counters, and the other loops.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class EngineContext
{
    private readonly SniRouterOptions _options;
    private readonly ILogger _logger;
    private readonly ConnectionHandOver _handOver;
    private readonly EventLoop[] _loops;
    private long _acceptFailures;

    public EngineContext(
        RouteTable routes, ConnectionTracker tracker, ConnectionReporter reporter, ConnectionHandOver handOver, IOptions<SniRouterOptions> options,
        TimeProvider time, ILogger<EngineContext> logger)
    {
        Routes = routes;
        Tracker = tracker;
        Reporter = reporter;
        Time = time;
        _handOver = handOver;
        _options = options.Value;
        _logger = logger;
        _loops = new EventLoop[_options.Concurrency > 0 ? _options.Concurrency : Environment.ProcessorCount];
        for (var i = 0; i < _loops.Length; i++)
        {
            _loops[i] = new EventLoop(i, this);
        }
    }

    public IReadOnlyList<EventLoop> Loops => _loops;

    public RouteTable Routes { get; }

    public ConnectionTracker Tracker { get; }

    public ConnectionReporter Reporter { get; }

    public TimeProvider Time { get; }

    public int MaxClientHelloBytes => _options.MaxClientHelloBytes;

    public bool DefersAccept => _options.DeferAccept;

    public long ClientHelloMilliseconds => (long)_options.ClientHelloTimeout.TotalMilliseconds;

    public long HalfClosedMilliseconds => (long)_options.HalfClosedTimeout.TotalMilliseconds;

    /// <summary>Times that the system had no descriptor or memory for a new connection.</summary>
    public long AcceptFailures => Volatile.Read(ref _acceptFailures);

    public int ConnectAttempts(TcpProxyConfig proxy) => EndpointAttempts.Limit(proxy.MaxConnectAttempts, _options.ConnectAttempts);

    /// <summary>
    /// The loop for a connection that a loop has accepted: itself, unless it has clearly more to do than the least loaded one. Another loop costs a wake-up across
    /// threads, so a small difference is left alone.
    /// </summary>
    public EventLoop Balance(EventLoop accepting)
    {
        var least = accepting;
        foreach (var loop in _loops)
        {
            if (loop.Load < least.Load)
            {
                least = loop;
            }
        }

        return accepting.Load > least.Load + 4 + (least.Load / 4) ? least : accepting;
    }

    public void AcceptFailed(string listener, int error)
    {
        if (Interlocked.Increment(ref _acceptFailures) == 1)
        {
            Log.AcceptFailed(_logger, listener, error);
        }
    }

    /// <summary>Hands a descriptor, from which nothing was read, to the middleware behind the virtual endpoint.</summary>
    public void HandOver(string listener, int descriptor, long age, FilterChain filterChain, string serverName) => _handOver.Enqueue(listener, descriptor, age, filterChain, serverName);

    private static partial class Log
    {
        [LoggerMessage(600, LogLevel.Warning,
            "Listener {Listener} cannot accept for want of descriptors or memory (error {Error}); open connections go on. Said once; the metrics count it.")]
        public static partial void AcceptFailed(ILogger logger, string listener, int error);
    }
}
