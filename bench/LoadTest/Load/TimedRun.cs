using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Load;

/// <summary>A sample with an interval: opens its connections, lets the load run, and counts what happens between two readings of all clocks.</summary>
internal sealed class TimedRun(LoadRequest request, Reactor reactor, HelloBook hellos, SharedCounters backend)
{
    private const long LongestTurnNanoseconds = 20_000_000;
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private readonly LoadContext _context = new(request, reactor, hellos);
    private OpenLoopSchedule? _schedule;

    public LoadResult Execute()
    {
        var (open, received, wrongBytes, wrongHellos) = (backend.Open, backend.Received, backend.WrongBytes, backend.WrongHellos);
        var meter = new UsageMeter(request.ProxyProcess, request.HarnessProcesses);
        var connections = Create();
        Open(connections);
        Run(request.WarmUp);
        var result = Measure(meter);
        Close(connections, open);
        return result with
        {
            WrongBytes = _context.WrongBytes + (backend.WrongBytes - wrongBytes) + (backend.WrongHellos - wrongHellos) + CountMissing(received),
            WrongRoutes = _context.WrongRoutes,
            Leaked = backend.Open - open,
            Failures = _context.Failures,
            FailureReasons = _context.FailureReasons,
        };
    }

    private List<ClientConnection> Create()
    {
        var connections = Enumerable.Range(0, request.Connections).Select(_ => Create(request.Kind)).ToList();
        if (request.Kind == LoadKind.OpenLoop)
        {
            _schedule = new OpenLoopSchedule([.. connections.Cast<OpenLoopConnection>()], request.MessagesPerSecond);
        }

        return connections;
    }

    private ClientConnection Create(LoadKind kind) => kind switch
    {
        LoadKind.Upload => new UploadConnection(_context),
        LoadKind.Download => new DownloadConnection(_context),
        LoadKind.PingPong => new PingPongConnection(_context),
        LoadKind.OpenLoop => new OpenLoopConnection(_context),
        LoadKind.Connect => new ShortConnection(_context),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no interval for this load."),
    };

    private void Open(List<ClientConnection> connections)
    {
        foreach (var connection in connections)
        {
            connection.Start();
        }

        var limit = Clock.Now + OpenLimit.Nanoseconds();
        while (request.Kind != LoadKind.Connect && _context.Opened < connections.Count && !_context.HasGivenUp && Clock.Now < limit)
        {
            reactor.Turn(LongestTurnNanoseconds);
        }

        if (request.Kind != LoadKind.Connect && _context.Opened < connections.Count)
        {
            _context.Fail($"only {_context.Opened} of {connections.Count} connections were opened");
        }
    }

    private LoadResult Measure(UsageMeter meter)
    {
        meter.Begin();
        var bytesBefore = BytesReceived();
        var began = Clock.Now;
        _context.StartCounting(began);
        Run(request.Duration);
        var ended = Clock.Now;
        var bytes = BytesReceived() - bytesBefore;
        _context.StopCounting();
        var usage = meter.End();
        return new LoadResult
        {
            Seconds = (ended - began) / 1e9,
            Operations = _context.Operations,
            Bytes = bytes,
            Latency = _context.Operations > 0 ? LatencySummary.Of(_context.Latencies) : null,
            Usage = usage,
            ResidentBytes = meter.ReadProxy().ResidentBytes,
        };
    }

    private long BytesReceived() => request.Kind == LoadKind.Upload ? backend.Received : _context.ReceivedBytes;

    private void Run(TimeSpan time)
    {
        var now = Clock.Now;
        var end = now + time.Nanoseconds();
        _schedule?.StartAt(now);
        for (; now < end && !_context.HasGivenUp; now = Clock.Now)
        {
            _schedule?.Release(now);
            reactor.Turn(Math.Min(LongestTurnNanoseconds, Math.Min(end, _schedule?.NextAt ?? end) - now));
        }
    }

    private void Close(List<ClientConnection> connections, long openBefore)
    {
        _context.IsStopping = true;
        foreach (var connection in connections)
        {
            connection.Close();
        }

        var limit = Clock.Now + CloseLimit.Nanoseconds();
        while (backend.Open > openBefore && Clock.Now < limit)
        {
            reactor.Turn(1_000_000);
        }
    }

    // What was sent before the connections were closed has to arrive to the last byte.
    private long CountMissing(long receivedBefore) =>
        request.Kind == LoadKind.Upload && _context.Failures == 0 && backend.Received - receivedBefore != _context.SentBytes ? 1 : 0;
}
