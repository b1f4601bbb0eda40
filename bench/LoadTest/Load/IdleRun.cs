using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Load;

/// <summary>Reads memory and descriptors of the proxy around idle connections: before them, with them, after each was used once, and after them.</summary>
internal sealed class IdleRun(LoadRequest request, Reactor reactor, HelloBook hellos, SharedCounters backend)
{
    private const long LongestTurnNanoseconds = 20_000_000;
    private const int MostUnderWay = 128;
    private static readonly TimeSpan StageLimit = TimeSpan.FromSeconds(30);

    private readonly LoadContext _context = new(request, reactor, hellos);

    public LoadResult Execute()
    {
        var (open, wrongBytes, wrongHellos) = (backend.Open, backend.WrongBytes, backend.WrongHellos);
        var meter = new UsageMeter(request.ProxyProcess, request.HarnessProcesses);
        var connections = Enumerable.Range(0, request.Connections).Select(_ => new IdleConnection(_context)).ToList();

        var atBase = meter.ReadProxy();
        InBatches(connections, connection => connection.Start(), () => _context.Opened);
        Pause();
        var opened = meter.ReadProxy();
        meter.Begin();
        Pause();
        var usage = meter.End();
        InBatches(connections, connection => connection.UseOnce(), () => _context.Used);
        Pause();
        var used = meter.ReadProxy();
        Close(connections, open);
        Pause();
        var closed = meter.ReadProxy();
        return new LoadResult
        {
            Seconds = usage.Seconds,
            Operations = _context.Used,
            Usage = usage,
            ResidentBytes = used.ResidentBytes,
            Idle = new IdleReading(request.Connections, atBase, opened, used, closed, usage.Proxy / usage.Seconds),
            WrongBytes = _context.WrongBytes + (backend.WrongBytes - wrongBytes) + (backend.WrongHellos - wrongHellos),
            WrongRoutes = _context.WrongRoutes,
            Leaked = backend.Open - open,
            Failures = _context.Failures,
            FailureReasons = _context.FailureReasons,
        };
    }

    private void InBatches(List<IdleConnection> connections, Action<IdleConnection> act, Func<int> done)
    {
        var limit = Clock.Now + StageLimit.Nanoseconds();
        var begun = 0;
        while (done() < connections.Count && !_context.HasGivenUp && Clock.Now < limit)
        {
            for (; begun < connections.Count && begun - done() < MostUnderWay; begun++)
            {
                act(connections[begun]);
            }

            reactor.Turn(LongestTurnNanoseconds);
        }

        if (done() < connections.Count)
        {
            _context.Fail($"only {done()} of {connections.Count} idle connections answered");
        }
    }

    private void Pause()
    {
        for (var end = Clock.Now + request.Duration.Nanoseconds(); Clock.Now < end;)
        {
            reactor.Turn(Math.Min(LongestTurnNanoseconds, end - Clock.Now));
        }
    }

    private void Close(List<IdleConnection> connections, long openBefore)
    {
        _context.IsStopping = true;
        foreach (var connection in connections)
        {
            connection.Close();
        }

        var limit = Clock.Now + StageLimit.Nanoseconds();
        while (backend.Open > openBefore && Clock.Now < limit)
        {
            reactor.Turn(1_000_000);
        }
    }
}
